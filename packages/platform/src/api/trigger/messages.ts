import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  toTaskTrigger,
  TriggerDetailsSchema,
  TriggerIdentifierSchema,
  TriggerNameSchema,
  TriggerRevisionAction,
  TriggerRevisionSchema,
  TriggerSchema,
  TriggerSpecSchema,
  TriggerStatusSchema,
  type TriggerDetails,
  type TriggerMessage,
  type TriggerRevision,
  type TriggerStatus,
} from "@appenv/protocol/tasks";
import type { TriggerId, TriggerRecord, Triggers } from "@appenv/engine";

function identifier(id: TriggerId, revision: number): ReturnType<typeof create<typeof TriggerIdentifierSchema>> {
  return create(TriggerIdentifierSchema, { name: create(TriggerNameSchema, id), revision: BigInt(revision) });
}

/** The identity of a trigger. */
export function idOf({ project, domain, taskName, definition }: TriggerRecord): TriggerId {
  return { project, domain, taskName, name: definition.name };
}

function statusMessage({ deployedAt, updatedAt, triggeredAt }: TriggerRecord): TriggerStatus {
  return create(TriggerStatusSchema, {
    deployedAt: timestampFromDate(deployedAt),
    updatedAt: timestampFromDate(updatedAt),
    ...(triggeredAt === undefined ? {} : { triggeredAt: timestampFromDate(triggeredAt) }),
  });
}

/** A trigger with its spec, as Flyte's message. */
export function detailsMessage(trigger: TriggerRecord): TriggerDetails {
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

/** A trigger in a list, as Flyte's message. */
export function triggerMessage(trigger: TriggerRecord): TriggerMessage {
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

/** One change of a trigger, as Flyte's message. */
export function revisionMessage(id: TriggerId, entry: ReturnType<Triggers["history"]>[number]): TriggerRevision {
  return create(TriggerRevisionSchema, {
    id: identifier(id, entry.revision),
    action: actions[entry.action],
    createdAt: timestampFromDate(entry.at),
  });
}

/** Leaves out a field that is undefined, which messages do not take. */
export function defined<T>(values: { readonly automationSpec: T | undefined }): { readonly automationSpec?: T } {
  return values.automationSpec === undefined ? {} : { automationSpec: values.automationSpec };
}
