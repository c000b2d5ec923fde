import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { didYouMean } from "@appenv/core/internal";
import {
  fromTaskTrigger,
  TaskTriggerSchema,
  toTaskTrigger,
  TriggerDetailsSchema,
  TriggerIdentifierSchema,
  TriggerNameSchema,
  TriggerRevisionAction,
  TriggerRevisionSchema,
  TriggerSchema,
  TriggerSpecSchema,
  TriggerStatusSchema,
  type ListTriggersRequest,
  type TriggerDetails,
  type TriggerMessage,
  type TriggerName,
  type TriggerRevision,
  type TriggerService,
  type TriggerStatus,
} from "@appenv/protocol/tasks";
import type { TaskRegistry, TriggerId, TriggerRecord, Triggers } from "@appenv/engine";
import { inlineInputs } from "./inputs.ts";

/**
 * Flyte's TriggerService.
 *
 * @param readInputs - Reads inputs that were uploaded before. @throws AppEnvError NOT_FOUND.
 */
export function triggerService(
  triggers: Triggers,
  registry: Pick<TaskRegistry, "get">,
  readInputs: (uri: string) => Promise<Uint8Array>,
): ServiceImpl<typeof TriggerService> {
  return {
    deployTrigger: async ({ name, spec, automationSpec }) => {
      const id = readName(name);
      const version = spec?.taskVersion === "" ? undefined : spec?.taskVersion;
      const task = registry.get({ project: id.project, domain: id.domain, name: id.taskName }, version);
      if (task === undefined) throw noTask(id, version);
      const { $typeName: _, taskVersion: __, ...rest } = spec ?? create(TriggerSpecSchema);
      const whole = { ...rest, inputWrapper: await inlineInputs(rest.inputWrapper, readInputs) };
      const message = create(TaskTriggerSchema, { name: id.name, spec: whole, ...defined({ automationSpec }) });
      return { trigger: detailsMessage(await triggers.put(task.id, fromTaskTrigger(message))) };
    },
    getTriggerDetails: ({ name }) => ({ trigger: detailsMessage(find(triggers, readName(name))) }),
    getTriggerRevisionDetails: ({ id }) => {
      const trigger = find(triggers, readName(id?.name));
      if (id?.revision === BigInt(trigger.revision)) return { trigger: detailsMessage(trigger) };
      throw new AppEnvError(
        "NOT_FOUND",
        `Of the trigger '${trigger.definition.name}' only its revision ${trigger.revision} is kept.`,
      );
    },
    listTriggers: (request) => {
      const { items, token } = pageOf(inScope(triggers, request), request.request);
      return { triggers: items.map((trigger) => triggerMessage(trigger)), token };
    },
    getTriggerRevisionHistory: ({ name, request }) => {
      const id = readName(name);
      const { items, token } = pageOf(triggers.history(id), request);
      return { triggers: items.map((entry) => revisionMessage(id, entry)), token };
    },
    updateTriggers: async ({ names, active }) => {
      // All are looked up before the first is changed.
      const found = names.map((name) => find(triggers, readName(name)));
      for (const trigger of found) await triggers.setActive(idOf(trigger), active);
      return {};
    },
    deleteTriggers: async ({ names }) => {
      const found = names.map((name) => find(triggers, readName(name)));
      for (const trigger of found) await triggers.remove(idOf(trigger));
      return {};
    },
  };
}

function readName(name: TriggerName | undefined): TriggerId {
  const { project = "", domain = "", taskName = "", name: own = "" } = name ?? {};
  if (project !== "" && domain !== "" && taskName !== "" && own !== "") {
    return { project, domain, taskName, name: own };
  }
  throw new AppEnvError("INVALID_OPTION", "The request names no trigger: project, domain, task and name are needed.");
}

function find(triggers: Triggers, id: TriggerId): TriggerRecord {
  const trigger = triggers.get(id);
  if (trigger !== undefined) return trigger;
  const near = didYouMean(
    id.name,
    triggers.list(id).map(({ definition }) => definition.name),
  );
  throw new AppEnvError(
    "NOT_FOUND",
    `There is no trigger '${id.name}' of ${id.taskName} in ${id.project}/${id.domain}.${near}`,
  );
}

function noTask({ project, domain, taskName }: TriggerId, version: string | undefined): AppEnvError {
  const which = version === undefined ? "" : ` of version ${version}`;
  return new AppEnvError("NOT_FOUND", `There is no task '${taskName}'${which} in ${project}/${domain}.`);
}

function inScope(triggers: Triggers, { scopeBy }: ListTriggersRequest): readonly TriggerRecord[] {
  switch (scopeBy.case) {
    case "projectId":
      return triggers.list({ project: scopeBy.value.name, domain: scopeBy.value.domain });
    case "taskName": {
      const { project, domain, name } = scopeBy.value;
      return triggers.list({ project, domain, taskName: name });
    }
    case "taskId": {
      const { project, domain, name, version } = scopeBy.value;
      return triggers.list({ project, domain, taskName: name }).filter(({ taskVersion }) => taskVersion === version);
    }
    default:
      return triggers.list({ project: "", domain: "" });
  }
}

const defaultLimit = 100;

/** There are few triggers, so a place in the list is a good enough token. */
function pageOf<T>(
  all: readonly T[],
  request: { readonly limit: number; readonly token: string } | undefined,
): { readonly items: readonly T[]; readonly token: string } {
  const { limit = 0, token = "" } = request ?? {};
  if (!/^\d*$/.test(token)) throw new AppEnvError("INVALID_OPTION", "The token is none that a list gave.");
  const start = Number(token);
  const end = start + (limit > 0 ? limit : defaultLimit);
  return { items: all.slice(start, end), token: end < all.length ? String(end) : "" };
}

function identifier(id: TriggerId, revision: number): ReturnType<typeof create<typeof TriggerIdentifierSchema>> {
  return create(TriggerIdentifierSchema, { name: create(TriggerNameSchema, id), revision: BigInt(revision) });
}

function idOf({ project, domain, taskName, definition }: TriggerRecord): TriggerId {
  return { project, domain, taskName, name: definition.name };
}

function statusMessage({ deployedAt, updatedAt, triggeredAt }: TriggerRecord): TriggerStatus {
  return create(TriggerStatusSchema, {
    deployedAt: timestampFromDate(deployedAt),
    updatedAt: timestampFromDate(updatedAt),
    ...(triggeredAt === undefined ? {} : { triggeredAt: timestampFromDate(triggeredAt) }),
  });
}

function detailsMessage(trigger: TriggerRecord): TriggerDetails {
  const { spec, automationSpec } = toTaskTrigger(trigger.definition);
  const { $typeName: _, ...rest } = spec ?? create(TriggerSpecSchema);
  return create(TriggerDetailsSchema, {
    id: identifier(idOf(trigger), trigger.revision),
    status: statusMessage(trigger),
    spec: create(TriggerSpecSchema, { ...rest, taskVersion: trigger.taskVersion }),
    description: trigger.definition.description,
    ...defined({ automationSpec }),
  });
}

function triggerMessage(trigger: TriggerRecord): TriggerMessage {
  const { automationSpec } = toTaskTrigger(trigger.definition);
  return create(TriggerSchema, {
    id: identifier(idOf(trigger), trigger.revision),
    status: statusMessage(trigger),
    active: trigger.definition.active,
    ...defined({ automationSpec }),
  });
}

const actions = {
  deploy: TriggerRevisionAction.DEPLOY,
  activate: TriggerRevisionAction.ACTIVATE,
  deactivate: TriggerRevisionAction.DEACTIVATE,
  delete: TriggerRevisionAction.DELETE,
} as const;

function revisionMessage(id: TriggerId, entry: ReturnType<Triggers["history"]>[number]): TriggerRevision {
  return create(TriggerRevisionSchema, {
    id: identifier(id, entry.revision),
    action: actions[entry.action],
    createdAt: timestampFromDate(entry.at),
  });
}

/** Leaves out a field that is undefined, which messages do not take. */
function defined<T>(values: { readonly automationSpec: T | undefined }): { readonly automationSpec?: T } {
  return values.automationSpec === undefined ? {} : { automationSpec: values.automationSpec };
}
