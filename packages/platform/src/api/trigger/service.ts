import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { didYouMean } from "@appenv/core/internal";
import {
  fromTaskTrigger,
  TaskTriggerSchema,
  TriggerSpecSchema,
  type TriggerName,
  type TriggerService,
} from "@appenv/protocol/tasks";
import type { TaskRegistry, TriggerId, TriggerRecord, Triggers } from "@appenv/engine";
import { checkRules } from "../../notifications/check-rules.ts";
import { inlineInputs } from "./inputs.ts";
import { listHistory, listTriggers } from "./list.ts";
import { defined, detailsMessage, idOf, revisionMessage, triggerMessage } from "./messages.ts";

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
      const definition = fromTaskTrigger(message);
      checkRules(definition.run.notify, `the trigger '${id.name}'`);
      return { trigger: detailsMessage(await triggers.put(task.id, definition)) };
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
      const { items, token } = listTriggers(triggers, request);
      return { triggers: items.map((trigger) => triggerMessage(trigger)), token };
    },
    getTriggerRevisionHistory: ({ name, request }) => {
      const id = readName(name);
      const { items, token } = listHistory(triggers, id, request);
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
