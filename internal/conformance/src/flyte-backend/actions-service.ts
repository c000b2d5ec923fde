import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  ActionPhaseNumber,
  ActionUpdateSchema,
  ControlMessageSchema,
  ErrorInfo_Kind,
  WatchForUpdatesResponseSchema,
  type ActionsService,
  type ActionUpdate,
  type EnqueuedAction,
} from "@appenv/protocol/tasks";
import { signal } from "./conditions.ts";
import type { BackendParts } from "./parts.ts";
import { find, runOf } from "./find.ts";
import { abort } from "./run-service.ts";
import { identifierOf, isFinal, newAction, type ActionState, type RunName } from "./state.ts";

const longestName = 30;

/** The service by which a running task starts children, with what it was seen to do. */
export function actionsService(parts: BackendParts): Partial<ServiceImpl<typeof ActionsService>> {
  const { state, pods } = parts;
  return {
    enqueue: ({ action, runSpec }) => {
      if (action === undefined) throw new ConnectError("action is required", Code.InvalidArgument);
      const run = runOf(action.actionId?.run);
      const name = checkName(action.actionId?.name);
      const known = state.get(run, name);
      if (known !== undefined && action.spec.case === "condition") return {};
      if (known !== undefined && action.spec.case === "task")
        throw new ConnectError(`${name} already exists`, Code.Internal);
      if (state.get(run, action.parentActionName ?? "") === undefined)
        throw new ConnectError("no parent", Code.Internal);
      const added = newEnqueued(run, name, action, runSpec);
      if (known === undefined) state.add(added);
      if (added.spec.case === "trace") state.change(known ?? added, (changed) => (changed.phase = tracePhase(action)));
      if (added.spec.case === "condition") state.change(added, (changed) => (changed.phase = ActionPhaseNumber.PAUSED));
      if (added.spec.case === "task") setImmediate(() => pods.start(added));
      return {};
    },
    async *watchForUpdates({ filter }, { signal: stop }) {
      if (filter.case !== "parentActionId")
        throw new ConnectError("parent_action_id is required", Code.InvalidArgument);
      const run = runOf(filter.value.run);
      const parent = find(state, run, filter.value.name);
      // The snapshot holds the parent itself, and children with their final phases; never traces.
      const children = state.children(run, parent.name).filter(({ spec }) => spec.case !== "trace");
      for (const action of [parent, ...children]) yield updated(updateOf(action));
      yield create(WatchForUpdatesResponseSchema, {
        message: { case: "controlMessage", value: create(ControlMessageSchema, { sentinel: true }) },
      });
      yield* changes(parts, run, parent.name, stop);
    },
    abort: ({ actionId, reason }) => {
      abort(parts, find(state, actionId?.run, actionId?.name ?? ""), reason ?? "");
      return {};
    },
    signal: ({ actionId, value }) => {
      const action = find(state, actionId?.run, actionId?.name ?? "");
      if (value === undefined) throw new ConnectError("value is required", Code.InvalidArgument);
      signal(parts, action, value);
      return {};
    },
    update: () => ({}),
  };
}

/** Updates begin without a phase, repeat, and go backwards now and then. After an abort of the parent they go on. */
async function* changes(
  { state }: BackendParts,
  run: RunName,
  parent: string,
  stop: AbortSignal,
): AsyncGenerator<ReturnType<typeof updated>> {
  const queue: ActionUpdate[] = [];
  const note = (action: ActionState): void => {
    if (action.run.name === run.name && action.parent === parent) queue.push(...updatesOf(action));
  };
  state.on("changed", note);
  try {
    while (!stop.aborted) {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield updated(next);
      await once(state, "changed", { signal: stop }).catch(() => {});
    }
  } finally {
    state.off("changed", note);
  }
}

function updatesOf(action: ActionState): readonly ActionUpdate[] {
  if (action.spec.case === "trace") return [];
  const update = updateOf(action);
  if (action.phase === ActionPhaseNumber.QUEUED) return [{ ...update, phase: ActionPhaseNumber.UNSPECIFIED }, update];
  if (action.phase === ActionPhaseNumber.RUNNING)
    return [update, { ...update, phase: ActionPhaseNumber.QUEUED }, update];
  return isFinal(action.phase) ? [update, update] : [update];
}

function updated(update: ActionUpdate): ReturnType<typeof create<typeof WatchForUpdatesResponseSchema>> {
  return create(WatchForUpdatesResponseSchema, { message: { case: "actionUpdate", value: update } });
}

/** `output_uri` is a directory. */
function updateOf(action: ActionState): ActionUpdate {
  const last = action.attempts.at(-1);
  const { error } = action;
  return create(ActionUpdateSchema, {
    actionId: identifierOf(action),
    phase: action.phase,
    ...(last === undefined || action.phase !== ActionPhaseNumber.SUCCEEDED ? {} : { outputUri: last.outputs }),
    ...(action.value === undefined ? {} : { value: action.value }),
    ...(error === undefined
      ? {}
      : { error: { code: error.code, message: error.message, kind: error.kind === ErrorInfo_Kind.SYSTEM ? 2 : 1 } }),
  });
}

function checkName(name = ""): string {
  if (name.length > longestName || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new ConnectError(`'${name}' is no name of an action: at most 30 lower-case characters`, Code.InvalidArgument);
  }
  return name;
}

function newEnqueued(
  run: RunName,
  name: string,
  { parentActionName, group, inputUri, runOutputBase, spec }: EnqueuedAction,
  runSpec: ActionState["runSpec"],
): ActionState {
  if (spec.case === undefined) throw new ConnectError("a task, trace or condition is required", Code.InvalidArgument);
  return newAction({
    run,
    name,
    parent: parentActionName ?? "",
    group,
    spec,
    inputUri,
    runBase: runOutputBase,
    runSpec,
  });
}

function tracePhase({ spec }: EnqueuedAction): ActionPhaseNumber {
  return spec.case === "trace" ? spec.value.phase : ActionPhaseNumber.RUNNING;
}
