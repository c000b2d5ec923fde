import { randomBytes } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  ActionPhaseNumber,
  CreateRunResponseSchema,
  GetActionDetailsResponseSchema,
  GetRunDetailsResponseSchema,
  InputsSchema,
  ListActionsResponseSchema,
  ListRunsResponseSchema,
  RunDetailsSchema,
  RunSchema,
  TaskActionSchema,
  WatchActionDetailsResponseSchema,
  WatchActionsResponseSchema,
  type CreateRunRequest,
  type RunService,
  type TaskSpec,
} from "@appenv/protocol/tasks";
import { signalWith } from "./conditions.ts";
import type { BackendParts } from "./parts.ts";
import { keyOf } from "./pods.ts";
import type { FakeS3 } from "./s3.ts";
import {
  detailsOf,
  identifierOf,
  isFinal,
  messageOf,
  newAction,
  type ActionState,
  type RunName,
  type State,
} from "./state.ts";
import type { TaskRegistry } from "./task-service.ts";
import { watch } from "./watch.ts";

/** The run service, with what it was seen to do and to leave out. */
export function runService(parts: BackendParts): Partial<ServiceImpl<typeof RunService>> {
  const { state } = parts;
  return {
    createRun: (request) => create(CreateRunResponseSchema, { run: { action: messageOf(createRun(parts, request)) } }),
    getRunDetails: ({ runId }) => {
      const root = find(state, runId, "a0");
      const details = create(RunDetailsSchema, {
        action: detailsOf(root),
        ...(root.runSpec === undefined ? {} : { runSpec: root.runSpec }),
      });
      return create(GetRunDetailsResponseSchema, { details });
    },
    getActionDetails: ({ actionId }) =>
      create(GetActionDetailsResponseSchema, { details: detailsOf(find(state, actionId?.run, actionId?.name ?? "")) }),
    async *watchActionDetails({ actionId }, { signal }) {
      const action = find(state, actionId?.run, actionId?.name ?? "");
      const concerns = (changed: ActionState): boolean => changed === action;
      for await (const details of watch(state, signal, concerns, () => detailsOf(action))) {
        const hasEnded = isFinal(action.phase);
        // The stream ends by its last attempt, often while the status still says RUNNING.
        if (hasEnded && details.status !== undefined) details.status.phase = ActionPhaseNumber.RUNNING;
        yield create(WatchActionDetailsResponseSchema, { details });
        if (hasEnded) return;
      }
    },
    listRuns: ({ scopeBy }) => {
      const scope = scopeBy.case === "projectId" ? scopeBy.value : undefined;
      const roots = state.actions.filter(
        ({ name, run }) => name === "a0" && (scope === undefined || run.project === scope.name),
      );
      return create(ListRunsResponseSchema, {
        runs: roots.toReversed().map((root) => create(RunSchema, { action: messageOf(root) })),
      });
    },
    // Neither the spec nor the metadata is answered here.
    listActions: ({ runId }) => {
      const actions = state
        .ofRun(runOf(runId))
        .map((action) => ({ id: identifierOf(action), status: detailsOf(action).status! }));
      return create(ListActionsResponseSchema, { actions });
    },
    async *watchActions({ runId }, { signal }) {
      const run = runOf(runId);
      const sent = new Map<string, string>();
      const concerns = (changed: ActionState): boolean => changed.run.name === run.name;
      const read = (): readonly ActionState[] | undefined => {
        const changed = unseen(state.ofRun(run), sent);
        return changed.length === 0 ? undefined : changed;
      };
      for await (const actions of watch(state, signal, concerns, read)) {
        const enrichedActions = actions.map((action) => ({ action: messageOf(action), meetsFilter: true }));
        yield create(WatchActionsResponseSchema, { enrichedActions });
      }
    },
    abortRun: ({ runId, reason }) => {
      for (const action of state.ofRun(runOf(runId))) abort(parts, action, reason ?? "");
      return {};
    },
    abortAction: ({ actionId, reason }) => {
      abort(parts, find(state, actionId?.run, actionId?.name ?? ""), reason);
      return {};
    },
    signalEvent: ({ actionId, payload }) => {
      const action = find(state, actionId?.run, actionId?.name ?? "");
      signalWith(parts, action, payload?.value);
      return {};
    },
  };
}

/** Actions that have changed since the watcher saw them. */
function unseen(actions: readonly ActionState[], seen: Map<string, string>): readonly ActionState[] {
  return actions.filter((action) => {
    const text = `${action.phase} ${action.attempts.length}`;
    if (seen.get(action.name) === text) return false;
    seen.set(action.name, text);
    return true;
  });
}

/** Aborts an action and all below it, and deletes their pods. */
export function abort(parts: BackendParts, action: ActionState, reason: string): void {
  const { state, pods } = parts;
  state.change(action, (changed) => {
    changed.phase = ActionPhaseNumber.ABORTED;
    changed.abortReason = reason;
  });
  pods.delete(action);
  for (const child of state.children(action.run, action.name)) abort(parts, child, reason);
}

/** A second run of the same name answers like the first one, and overwrites its inputs. */
function createRun({ state, pods, s3, tasks }: BackendParts, request: CreateRunRequest): ActionState {
  const run = nameOf(request);
  const spec = specOf(tasks, request);
  const inputUri = inputsOf(s3, run, request);
  const known = state.get(run, "a0");
  if (known !== undefined) return known;
  const action = newAction({
    run,
    name: "a0",
    parent: undefined,
    group: "",
    spec: {
      case: "task",
      value: create(TaskActionSchema, { spec, ...(request.task.case === "taskId" ? { id: request.task.value } : {}) }),
    },
    inputUri,
    runBase: `s3://flyte-data/${run.project}/${run.domain}/${run.name}/`,
    runSpec: request.runSpec,
  });
  state.add(action);
  setImmediate(() => pods.start(action));
  return action;
}

function nameOf({ id }: CreateRunRequest): RunName {
  if (id.case === "runId") return runOf(id.value);
  if (id.case !== "projectId") throw new ConnectError("run_id or project_id is required", Code.InvalidArgument);
  return { project: id.value.name, domain: id.value.domain, name: `r${randomBytes(10).toString("hex").slice(0, 19)}` };
}

function specOf(tasks: TaskRegistry, { task }: CreateRunRequest): TaskSpec {
  if (task.case === "taskSpec") return task.value;
  const found = task.case === "taskId" ? tasks.get(task.value) : undefined;
  if (found === undefined) throw new ConnectError("task not found", Code.NotFound);
  return found;
}

function inputsOf(s3: FakeS3, run: RunName, { inputWrapper }: CreateRunRequest): string {
  if (inputWrapper.case === "offloadedInputData") return inputWrapper.value.uri;
  const inputs = inputWrapper.case === "inputs" ? inputWrapper.value : create(InputsSchema);
  const uri = `s3://flyte-data/${run.project}/${run.domain}/${run.name}/inputs/inputs.pb`;
  s3.objects.set(keyOf(uri), toBinary(InputsSchema, inputs));
  return uri;
}

/** The run of an identifier. @throws ConnectError InvalidArgument. */
export function runOf(
  run: { readonly project: string; readonly domain: string; readonly name: string } | undefined,
): RunName {
  if (run === undefined) throw new ConnectError("run_id is required", Code.InvalidArgument);
  return { project: run.project, domain: run.domain, name: run.name };
}

/** An action. @throws ConnectError NotFound. */
export function find(state: State, run: Parameters<typeof runOf>[0], name: string): ActionState {
  const found = state.get(runOf(run), name);
  if (found === undefined) throw new ConnectError(`action ${name} not found`, Code.NotFound);
  return found;
}
