import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  ActionPhaseNumber,
  ActionStatusSchema,
  CreateRunResponseSchema,
  GetActionDetailsResponseSchema,
  GetRunDetailsResponseSchema,
  ListActionsResponseSchema,
  ListRunsResponseSchema,
  RunDetailsSchema,
  RunSchema,
  WatchActionDetailsResponseSchema,
  WatchActionsResponseSchema,
  type ActionDetails,
  type RunService,
} from "@appenv/protocol/tasks";
import { signalWith } from "./conditions.ts";
import type { BackendParts } from "./parts.ts";
import { find, runOf } from "./find.ts";
import { page } from "./page.ts";
import { createRun } from "./runs/create-run.ts";
import { listRoots } from "./runs/list-roots.ts";
import { detailsOf, identifierOf, isFinal, messageOf, statusOf, type ActionState } from "./state.ts";
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
        const hasEnded = isFinal(action.attempts.at(-1)?.phase ?? ActionPhaseNumber.UNSPECIFIED);
        yield create(WatchActionDetailsResponseSchema, { details: hasEnded ? lastDetails(details) : details });
        if (hasEnded) return;
      }
    },
    listRuns: (request) => {
      const { items, token } = page(listRoots(state, request).toReversed(), request.request);
      const runs = items.map((root) => create(RunSchema, { action: messageOf(root) }));
      return create(ListRunsResponseSchema, { runs, token });
    },
    // Neither the spec nor the metadata is answered here.
    listActions: ({ runId, request }) => {
      const { items, token } = page(state.ofRun(runOf(runId)), request);
      const actions = items.map((action) => ({ id: identifierOf(action), status: statusOf(action) }));
      return create(ListActionsResponseSchema, { actions, token });
    },
    async *watchActions({ runId }, { signal }) {
      const run = runOf(runId);
      const sent = new Map<string, string>();
      const concerns = (changed: ActionState): boolean => changed.run.name === run.name;
      const read = (): readonly ActionState[] => unseen(state.ofRun(run), sent);
      // Nothing is said of a run that there is not, and nothing marks the end of the first pages.
      for await (const actions of watch(state, signal, concerns, read)) {
        for (let start = 0; start < actions.length; start += pageOfActions) {
          const some = actions.slice(start, start + pageOfActions);
          const enrichedActions = some.map((action) => ({ action: messageOf(action), meetsFilter: true }));
          yield create(WatchActionsResponseSchema, { enrichedActions });
        }
      }
    },
    abortRun: ({ runId, reason }) => {
      abort(parts, find(state, runId, "a0"), reason ?? "User requested abort");
      return {};
    },
    abortAction: ({ actionId, reason }) => {
      abort(parts, find(state, actionId?.run, actionId?.name ?? ""), reason || "User requested abort");
      return {};
    },
    signalEvent: ({ actionId, payload }) => {
      const action = find(state, actionId?.run, actionId?.name ?? "");
      signalWith(parts, action, payload?.value);
      return {};
    },
  };
}

/** Actions in one message of a watch: 1,000 there, so few here that tests see several messages. */
const pageOfActions = 2;

/** The stream ends by the last attempt, often while the status does not know of it yet, nor the result. */
function lastDetails(details: ActionDetails): ActionDetails {
  const { status } = details;
  if (status?.phase === ActionPhaseNumber.ABORTED) return details;
  const { endTime: _, ...rest } = status ?? create(ActionStatusSchema);
  return { ...details, status: { ...rest, phase: ActionPhaseNumber.RUNNING }, result: { case: undefined } };
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
    const last = changed.attempts.at(-1);
    if (last !== undefined) Object.assign(last, { phase: ActionPhaseNumber.ABORTED, endedAt: Date.now() });
  });
  pods.delete(action);
  for (const child of state.children(action.run, action.name)) abort(parts, child, reason);
}
