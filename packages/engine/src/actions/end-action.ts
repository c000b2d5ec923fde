import { isFinal, phaseCode } from "../store/codes.ts";
import { aborted } from "./action-errors.ts";
import { answer, endWaiting, answerOf } from "../calls/answers.ts";
import { notificationsOf } from "../notifications/of-end.ts";
import { tellFollowers } from "../runs/follow-run.ts";
import { idOf, type EngineContext } from "../live/context.ts";
import type { Outcome } from "../store/rows.ts";
import { reconsider } from "./paused.ts";
import { removeFromParent, type ActionState, type AttemptState } from "../live/state.ts";

/**
 * Ends an action whose attempts are over. Children that still run are aborted before its own end counts.
 */
export function finish(context: EngineContext, action: ActionState, outcome: Outcome): void {
  if (isFinal(action.row.phase)) return;
  action.outcome = outcome;
  release(context, action);
  const reason = outcome.phase === "ABORTED" ? (outcome.reason ?? "") : "its parent has ended.";
  stopChildren(context, action, reason);
  concludeIfAlone(context, action);
}

/** Stops waiting children first: else they would take the places of the running ones, and begin. */
function stopChildren(context: EngineContext, action: ActionState, reason: string): void {
  const outcome = abortedOutcome(reason);
  const running: ActionState[] = [];
  const waiting: ActionState[] = [];
  for (const child of action.children) {
    if (goesOn(action, child)) continue;
    (child.attempt === undefined && child.row.cancelled === undefined ? waiting : running).push(child);
  }
  if (waiting.length > sliceOf && isAbortStored(action)) stopInSlices(context, waiting, outcome);
  else for (const child of waiting) stop(context, child, outcome);
  for (const child of running) stop(context, child, outcome);
}

/** True if the child was called in an `uncancelled` scope of its parent that is still open. */
function goesOn({ outcome, attempt, row }: ActionState, child: ActionState): boolean {
  if (outcome !== undefined || !child.row.uncancelled) return false;
  return row.cancelled !== undefined || (attempt !== undefined && attempt.scopes.size > 0);
}

/** Maximum number of actions that end in one transaction. */
const sliceOf = 1_000;

/** True if a platform that starts after a crash would abort it again: then its end may come in parts. */
function isAbortStored(action: ActionState): boolean {
  for (let each: ActionState | undefined = action; each !== undefined; each = each.parent) {
    if (each.row.abortReason !== undefined) return true;
  }
  return false;
}

/** The same as `stop` for many that wait, without keeping everything else waiting: none of them begins any more. */
function stopInSlices(context: EngineContext, waiting: readonly ActionState[], outcome: Outcome): void {
  const stopped = waiting.filter((action) => action.row.kind === "task" && action.stopping?.phase !== "ABORTED");
  for (const action of waiting) {
    if (action.row.kind !== "task") stop(context, action, outcome);
  }
  for (const action of stopped) {
    action.stopping = outcome;
    context.clearTimers(action);
  }
  const next = (from: number): void => {
    if (context.closed) return;
    for (const action of stopped.slice(from, from + sliceOf)) finish(context, action, outcome);
    if (from + sliceOf < stopped.length) context.store.committer.whenStored(() => next(from + sliceOf));
  };
  next(0);
}

/** Ends an action that may be running, and everything below: what runs is told to end, the rest ends at once. */
export function stop(context: EngineContext, action: ActionState, outcome: Outcome): void {
  if (isFinal(action.row.phase)) return;
  if (action.stopping?.phase === "ABORTED") return;
  action.stopping = outcome;
  // Its signal is on its way to the disk, and counts.
  if (action.signalled) return;
  if (action.outcome !== undefined) {
    // It ended by itself, and waits for its children, which are being aborted.
    action.outcome = outcome;
    return;
  }
  const { attempt, row } = action;
  if (attempt === undefined && row.cancelled === undefined) return finish(context, action, outcome);
  stopChildren(context, action, outcome.reason ?? "its parent is ended.");
  if (attempt === undefined) return keepOutcome(context, action, outcome);
  const reason = outcome.phase === "TIMED_OUT" ? "timed-out" : "aborted";
  cancel(context, attempt, reason, outcome.error ?? aborted(""));
}

/** Keeps the outcome of an action whose attempt was lost until another attempt has run its `uncancelled` scopes. */
function keepOutcome(context: EngineContext, action: ActionState, outcome: Outcome): void {
  const { row } = action;
  if (row.cancelled === undefined) return;
  row.cancelled = { ...row.cancelled, outcome };
  context.save(action);
}

/** The end of what is aborted. */
export function abortedOutcome(reason: string): Outcome {
  return { phase: "ABORTED", reason, error: aborted(reason) };
}

/** Cancels an attempt, once. */
export function cancel(
  context: EngineContext,
  attempt: AttemptState,
  reason: "aborted" | "timed-out",
  error: NonNullable<Outcome["error"]>,
): void {
  if (attempt.cancelled?.reason === "aborted" || attempt.over) return;
  if (attempt.cancelled?.reason === reason) return;
  attempt.cancelled = { reason, error, at: attempt.cancelled?.at ?? context.clock.monotonic() };
  if (attempt.scopes.size > 0 || attempt.resumed) holdCancelled(context, attempt);
  attempt.running?.cancel(reason, error.message);
}

/** Maximum time of the `uncancelled` scopes of an attempt after its cancellation, in milliseconds. */
const longestMs = 3_600_000;

/** Lets a cancelled attempt go on with its `uncancelled` scopes; if it is lost, another attempt runs them. */
export function holdCancelled(context: EngineContext, attempt: AttemptState): void {
  const { action, cancelled, scopes, running } = attempt;
  if (cancelled === undefined) return;
  const { row, stopping } = action;
  const { losses = 0, limitMs: before = 0 } = row.cancelled ?? {};
  const left = Math.max(longestMs - (context.clock.monotonic() - cancelled.at), 0);
  const longest = Math.min(Math.max(0, ...scopes.values()), left);
  running?.hold(scopes.size === 0 ? undefined : longest);
  const { reason, error } = cancelled;
  row.cancelled = { reason, error, ...(stopping && { outcome: stopping }), limitMs: Math.max(before, longest), losses };
  context.save(action);
}

/** Takes an action out of every queue, and stops its timers. */
function release(context: EngineContext, action: ActionState): void {
  context.clearTimers(action);
  if (action.row.kind === "event") context.eventWaits.delete(action);
  action.turn?.release();
  action.turn = undefined;
}

function concludeIfAlone(context: EngineContext, action: ActionState): void {
  const { outcome, parent } = action;
  if (action.children.size > 0 || outcome === undefined || isFinal(action.row.phase)) return;
  conclude(context, action, outcome);
  removeFromParent(action);
  if (parent === undefined) return;
  if (parent.outcome !== undefined) concludeIfAlone(context, parent);
  else reconsider(context, parent);
}

function isCancelled(action: ActionState | undefined): boolean {
  return action?.attempt?.cancelled !== undefined || action?.row.cancelled !== undefined;
}

function conclude(context: EngineContext, action: ActionState, outcome: Outcome): void {
  const { row, run, cacheKey } = action;
  row.phase = outcome.phase;
  row.endedAt = Math.max(context.clock.now(), row.startedAt ?? row.createdAt);
  // An action that is computed again keeps its turn.
  row.endedOrder ??= run.ended += 1;
  row.nextAt = undefined;
  row.cancelled = undefined;
  row.late = isCancelled(action.parent);
  row.outputs = outcome.outputs;
  row.error = outcome.error;
  if (outcome.phase === "ABORTED") row.abortReason ??= outcome.reason;
  context.totals.count(action);
  const { committer, cache } = context.store;
  if (cacheKey !== undefined && row.cache === "miss" && outcome.phase === "SUCCEEDED") {
    row.cache = "populated";
    committer.save({}, () => cache.put(cacheKey, row.id));
  }
  context.save(action);
  if (action.parent === undefined) endRun(context, action, outcome);
  committer.whenStored(() => context.guard(action, () => settle(context, action, outcome)));
}

/** Its notifications are in the transaction of its end: there is not one without the other. */
function endRun(context: EngineContext, action: ActionState, outcome: Outcome): void {
  const { committer, runs, signals, events, notifications } = context.store;
  const { row, run } = action;
  const outgoing = notificationsOf(action, outcome);
  committer.save(run, () => {
    runs.end(run.row, phaseCode(outcome.phase), row.endedAt ?? row.createdAt, row.error);
    if (run.signals.size > 0) signals.removeAll(run.row);
    if (run.eventCursors.size > 0) events.removeCursors(run.row);
    for (const each of outgoing) notifications.add(each);
  });
  if (outgoing.length > 0) committer.whenStored(() => context.onNotify());
  if (action.task !== undefined) context.onRunEnd(action.task.id);
}

/** Tells the callers that wait, once the end is on disk. */
function settle(context: EngineContext, action: ActionState, outcome: Outcome): void {
  const { run, row, cacheKey, waiters } = action;
  run.live.delete(row.name);
  if (action.parent === undefined) context.runs.delete(run.row);
  if (context.closed) return;
  if (action.parent === undefined) tellFollowers(action, outcome);
  if (row.kind === "task") context.logs.ended(idOf(action));
  if (cacheKey !== undefined) context.scheduler.releaseCacheTurn(cacheKey, action);
  if (waiters.length === 0) return;
  const given = answerOf(context, outcome);
  for (const { attempt, call } of waiters) {
    endWaiting(context, attempt);
    attempt.replay.give(row.name, () => answer(attempt, call, given));
  }
}
