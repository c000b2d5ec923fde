import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  actionPhase,
  ActionType,
  CatalogCacheStatus,
  eventFunction,
  eventWaitName,
  RelationType,
  RunSource,
  sleepName,
  toActionIdentifier,
  answerType,
  toLiteralType,
  toRunIdentifier,
  toTaskIdentifier,
  type ActionMetadataSchema,
  type ActionSchema,
  type ActionStatusSchema,
  type RunSchema,
} from "@appenv/protocol/tasks";
import type { ActionRecord, RunEnd, RunRecord } from "@appenv/engine";
import { localIdentity } from "../identity/local-user.ts";
import type { TaskLookup } from "../task/lookup.ts";

/** Flyte has no kind for sleeps and events: they are traces whose names tell until when, and for which event. */
export const actionTypes: Readonly<Record<ActionRecord["kind"], ActionType>> = {
  task: ActionType.TASK,
  trace: ActionType.TRACE,
  condition: ActionType.CONDITION,
  sleep: ActionType.TRACE,
  event: ActionType.TRACE,
};

const sources = {
  web: RunSource.WEB,
  cli: RunSource.CLI,
  schedule: RunSource.SCHEDULE_TRIGGER,
  unspecified: RunSource.UNSPECIFIED,
} as const;

const cacheStates = {
  disabled: CatalogCacheStatus.CACHE_DISABLED,
  miss: CatalogCacheStatus.CACHE_MISS,
  hit: CatalogCacheStatus.CACHE_HIT,
  populated: CatalogCacheStatus.CACHE_POPULATED,
} as const;

/** The use of the cache, as Flyte's number. */
export function cacheStatus(cache: ActionRecord["cache"]): CatalogCacheStatus {
  return cacheStates[cache];
}

/** A run's source in plain words. */
export function readSource(source: RunSource): RunRecord["source"] {
  const found = Object.entries(sources).find(([, number]) => number === source);
  return (found?.[0] as RunRecord["source"] | undefined) ?? "unspecified";
}

/** A run as Flyte's message: its first action. */
export function runMessage(run: RunRecord, tasks: TaskLookup): MessageInitShape<typeof RunSchema> {
  return { action: actionMessage(run.root, tasks, run), labels: { ...run.settings.labels } };
}

/** An action as Flyte's message. With `run` it also tells what started the run. */
export function actionMessage(
  action: ActionRecord,
  tasks: TaskLookup,
  run?: RunRecord,
): MessageInitShape<typeof ActionSchema> {
  return {
    id: toActionIdentifier(action.id),
    metadata: actionMetadata(action, tasks, run),
    status: actionStatus(action),
  };
}

/** The unchanging part of an action. */
export function actionMetadata(
  action: ActionRecord,
  tasks: TaskLookup,
  run: RunRecord | undefined,
): MessageInitShape<typeof ActionMetadataSchema> {
  const label = action.task === undefined ? undefined : tasks.label(action.task);
  return {
    parent: action.parent ?? "",
    group: action.group,
    actionType: actionTypes[action.kind],
    executedBy: localIdentity(),
    funtionName: action.kind === "event" ? eventFunction : action.name,
    environmentName: label?.environment ?? "",
    spec: metadataSpec(action, label),
    source: run === undefined ? RunSource.UNSPECIFIED : sources[run.source],
    ...triggerOf(run),
    ...relationOf(run),
    ...recoveredFrom(action),
  };
}

function recoveredFrom({
  id,
  recoveredFrom: run,
}: ActionRecord): Pick<MessageInitShape<typeof ActionMetadataSchema>, "recoveredFrom"> {
  return run === undefined ? {} : { recoveredFrom: toActionIdentifier({ ...id, run }) };
}

/** The run that this one was made from. */
function relationOf(run: RunRecord | undefined): Pick<MessageInitShape<typeof ActionMetadataSchema>, "relation"> {
  if (run?.rerunOf === undefined) return {};
  const relatedTo = toRunIdentifier({ ...run.id, run: run.rerunOf });
  return { relation: { relatedTo, relationType: run.recovers ? RelationType.RECOVER : RelationType.RERUN } };
}

function metadataSpec(
  { kind, name, task, condition, event, until }: ActionRecord,
  label: ReturnType<TaskLookup["label"]> | undefined,
): NonNullable<MessageInitShape<typeof ActionMetadataSchema>["spec"]> {
  if (kind === "trace") return { case: kind, value: { name } };
  if (kind === "event") return { case: "trace", value: { name: eventWaitName(name, event?.key ?? "") } };
  if (kind === "sleep") return { case: "trace", value: { name: sleepName(until ?? new Date(0)) } };
  if (kind === "condition") {
    return { case: kind, value: { name, ...(condition && { type: toLiteralType(answerType(condition)) }) } };
  }
  if (task === undefined) return { case: "task", value: { shortName: name } };
  return {
    case: "task",
    value: { id: toTaskIdentifier(task), taskType: label?.type ?? "", shortName: label?.shortName ?? "" },
  };
}

function triggerOf(
  run: RunRecord | undefined,
): Pick<MessageInitShape<typeof ActionMetadataSchema>, "triggerName" | "triggerId"> {
  if (run?.trigger === undefined) return {};
  const { project, domain } = run.id;
  const { name, taskName } = run.trigger;
  return { triggerName: name, triggerId: { name: { project, domain, name, taskName } } };
}

/** The phase of an action, with its times and attempts. */
export function actionStatus(
  action: RunEnd["root"] & Pick<ActionRecord, "scheduledAt">,
): MessageInitShape<typeof ActionStatusSchema> {
  const { phase, createdAt, scheduledAt, startedAt, endedAt, attempts, cache } = action;
  // Of a run that is scheduled the planned start is told: Flyte has no field for that alone.
  const start = startedAt ?? scheduledAt ?? createdAt;
  return {
    phase: actionPhase(phase),
    startTime: timestampFromDate(start),
    attempts: attempts.length,
    cacheStatus: cacheStates[cache],
    ...(endedAt === undefined
      ? {}
      : {
          endTime: timestampFromDate(endedAt),
          durationMs: BigInt(Math.max(0, endedAt.getTime() - start.getTime())),
        }),
  };
}
