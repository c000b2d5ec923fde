import { readSchedule } from "@appenv/protocol/tasks";
import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";
import { seconds, userError } from "./action-errors.ts";
import { stop } from "./end-action.ts";

/** Looks at the clock at least so often while a run is scheduled, in milliseconds: it may be set, and the machine may sleep. */
const lookMs = 60_000;

/** True for a run that begins later. Actions that wait to be tried again have had an attempt. */
export function isScheduled({ row, parent }: ActionState): boolean {
  return parent === undefined && row.attempts === 0 && row.nextAt !== undefined;
}

/** Begins when a run is due, at once if it is. A run that has not begun when its time to live is over expires. */
export function whenDue(context: EngineContext, action: ActionState, begin: () => void): void {
  const { row } = action;
  const look = (): void => {
    if (isScheduled(action)) {
      const left = (row.nextAt ?? 0) - context.clock.now();
      if (left > 0) return context.setTimer(action, "retry", Math.min(left, lookMs), look);
      row.nextAt = undefined;
    }
    if (!armExpiry(context, action)) begin();
  };
  look();
}

/** Starts the timer of a run's time to live. Returns whether that is over. */
function armExpiry(context: EngineContext, action: ActionState): boolean {
  const { row, run, parent } = action;
  if (parent !== undefined || row.startedAt !== undefined) return false;
  const { startAt, ttlMs } = readSchedule(run.settings.annotations);
  if (ttlMs === undefined) return false;
  const expire = (): void => {
    const error = userError("RUN_EXPIRED", `The run had not begun ${seconds(ttlMs)} after its start was due.`);
    stop(context, action, { phase: "TIMED_OUT", error });
  };
  const due = Math.max(startAt?.getTime() ?? 0, row.createdAt);
  // A clock that was set back makes it no longer than it was to be.
  const left = Math.min(due + ttlMs - context.clock.now(), ttlMs);
  if (left > 0) context.setTimer(action, "expiry", left, expire);
  else expire();
  return left <= 0;
}
