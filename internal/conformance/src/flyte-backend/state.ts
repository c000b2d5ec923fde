import { EventEmitter } from "node:events";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  AbortInfoSchema,
  ActionAttemptSchema,
  ActionDetailsSchema,
  ActionIdentifierSchema,
  ActionMetadataSchema,
  ActionPhaseNumber,
  ActionSchema,
  ActionStatusSchema,
  ActionType,
  ErrorInfoSchema,
  OutputReferencesSchema,
  RunIdentifierSchema,
  type ActionDetails,
  type ActionIdentifier,
  type ActionMessage,
  type ActionMetadata,
  type ActionStatus,
  type ConditionAction,
  type ErrorInfo,
  type Literal,
  type RunSpec,
  type TaskAction,
  type TraceAction,
} from "@appenv/protocol/tasks";

/** A run's identity, as plain values. */
export interface RunName {
  readonly project: string;
  readonly domain: string;
  readonly name: string;
}

/** One attempt of an action. `attempt` counts from 1, as in the backend's messages. */
export interface AttemptState {
  readonly attempt: number;
  phase: ActionPhaseNumber;
  readonly startedAt: number;
  endedAt: number | undefined;
  /** Directory of its outputs. */
  readonly outputs: string;
  error: ErrorInfo | undefined;
}

/** One action of a run. */
export interface ActionState {
  readonly run: RunName;
  readonly name: string;
  readonly parent: string | undefined;
  readonly group: string;
  readonly spec:
    | { readonly case: "task"; readonly value: TaskAction }
    | { readonly case: "condition"; readonly value: ConditionAction }
    | { readonly case: "trace"; readonly value: TraceAction };
  readonly inputUri: string;
  /** Directory below which its children's inputs are, as `_U_RUN_BASE` tells it. */
  readonly runBase: string;
  readonly runSpec: RunSpec | undefined;
  readonly createdAt: number;
  readonly attempts: AttemptState[];
  phase: ActionPhaseNumber;
  endedAt: number | undefined;
  error: ErrorInfo | undefined;
  abortReason: string | undefined;
  /** Of a condition: the value it was given. */
  value: Literal | undefined;
}

const final: ReadonlySet<ActionPhaseNumber> = new Set([
  ActionPhaseNumber.SUCCEEDED,
  ActionPhaseNumber.FAILED,
  ActionPhaseNumber.ABORTED,
  ActionPhaseNumber.TIMED_OUT,
  ActionPhaseNumber.RECOVERED,
]);

/** True for a phase that an action does not leave. */
export function isFinal(phase: ActionPhaseNumber): boolean {
  return final.has(phase);
}

/** An action that has not begun. */
export function newAction(
  fields: Pick<ActionState, "run" | "name" | "parent" | "group" | "spec" | "inputUri" | "runBase" | "runSpec">,
): ActionState {
  return {
    ...fields,
    createdAt: Date.now(),
    attempts: [],
    phase: ActionPhaseNumber.QUEUED,
    endedAt: undefined,
    error: undefined,
    abortReason: undefined,
    value: undefined,
  };
}

/** All runs, in memory. Emits `changed` with an action after each change. */
export class State extends EventEmitter<{ changed: [ActionState] }> {
  readonly #actions = new Map<string, ActionState>();

  /** Every action, in order of creation. */
  get actions(): readonly ActionState[] {
    return [...this.#actions.values()];
  }

  get(run: RunName, name: string): ActionState | undefined {
    return this.#actions.get(keyOf(run, name));
  }

  ofRun({ project, domain, name }: RunName): readonly ActionState[] {
    return this.actions.filter(({ run }) => run.project === project && run.domain === domain && run.name === name);
  }

  /** The actions that an action has started. */
  children(run: RunName, parent: string): readonly ActionState[] {
    return this.ofRun(run).filter((action) => action.parent === parent);
  }

  add(action: ActionState): void {
    this.#actions.set(keyOf(action.run, action.name), action);
    this.emit("changed", action);
  }

  /** Changes an action. A final phase stays. */
  change(action: ActionState, change: (action: ActionState) => void): void {
    if (isFinal(action.phase)) return;
    change(action);
    if (isFinal(action.phase)) action.endedAt ??= Date.now();
    this.emit("changed", action);
  }
}

function keyOf({ project, domain, name }: RunName, action: string): string {
  return `${project}/${domain}/${name}/${action}`;
}

/** Flyte's identifier of an action. */
export function identifierOf({ run, name }: Pick<ActionState, "run" | "name">): ActionIdentifier {
  return create(ActionIdentifierSchema, { name, run: create(RunIdentifierSchema, { ...run }) });
}

/** An action as GetActionDetails and WatchActionDetails answer it. */
export function detailsOf(action: ActionState): ActionDetails {
  const { attempts, spec } = action;
  const task = spec.case === "task" ? spec.value.spec : undefined;
  return create(ActionDetailsSchema, {
    id: identifierOf(action),
    metadata: metadataOf(action),
    status: statusOf(action),
    result: resultOf(action),
    spec:
      task === undefined
        ? spec.case === "condition"
          ? { case: "condition", value: spec.value }
          : { case: undefined }
        : { case: "task", value: task },
    attempts: attempts.map((attempt) =>
      create(ActionAttemptSchema, {
        attempt: attempt.attempt,
        phase: attempt.phase,
        startTime: timestampFromMs(attempt.startedAt),
        ...(attempt.endedAt === undefined ? {} : { endTime: timestampFromMs(attempt.endedAt) }),
        ...(attempt.error === undefined ? {} : { errorInfo: create(ErrorInfoSchema, attempt.error) }),
        outputs: create(OutputReferencesSchema, { outputUri: attempt.outputs }),
        logsAvailable: true,
      }),
    ),
  });
}

function resultOf({
  abortReason,
  error,
  spec,
  value,
}: ActionState): NonNullable<MessageInitShape<typeof ActionDetailsSchema>["result"]> {
  if (abortReason !== undefined) return { case: "abortInfo", value: create(AbortInfoSchema, { reason: abortReason }) };
  if (error !== undefined) return { case: "errorInfo", value: create(ErrorInfoSchema, error) };
  // There is no outputs.pb of a condition.
  if (spec.case !== "condition" || value === undefined) return { case: undefined };
  return { case: "signalInfo", value: { output: value } };
}

/** An action as WatchActions tells it. ListActions leaves the metadata out. */
export function messageOf(action: ActionState): ActionMessage {
  return create(ActionSchema, { id: identifierOf(action), metadata: metadataOf(action), status: statusOf(action) });
}

/** The status of an action: it counts its first attempt before there is one. */
export function statusOf({ phase, createdAt, endedAt, attempts }: ActionState): ActionStatus {
  return create(ActionStatusSchema, {
    phase,
    startTime: timestampFromMs(createdAt),
    attempts: Math.max(attempts.length, 1),
    ...(endedAt === undefined ? {} : { endTime: timestampFromMs(endedAt) }),
  });
}

function metadataOf({ parent, group, spec }: ActionState): ActionMetadata {
  const common = { parent: parent ?? "", group };
  if (spec.case === "trace") {
    const trace = { case: "trace", value: { name: spec.value.name } } as const;
    return create(ActionMetadataSchema, { ...common, actionType: ActionType.TRACE, spec: trace });
  }
  if (spec.case === "condition") {
    const condition = { case: "condition", value: { name: spec.value.name } } as const;
    return create(ActionMetadataSchema, { ...common, actionType: ActionType.CONDITION, spec: condition });
  }
  const { id, spec: task } = spec.value;
  return create(ActionMetadataSchema, {
    ...common,
    actionType: ActionType.TASK,
    environmentName: task?.environment?.name ?? "",
    spec: { case: "task", value: { ...(id === undefined ? {} : { id }), taskType: task?.taskTemplate?.type ?? "" } },
  });
}
