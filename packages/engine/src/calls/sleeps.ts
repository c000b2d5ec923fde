import type { ActionRequest } from "@appenv/runtime";
import { beginWaiting } from "./answers.ts";
import { keptRow } from "./kept-results.ts";
import type { EngineContext } from "../live/context.ts";
import { finish } from "../actions/end-action.ts";
import { newAction } from "../actions/new-action.ts";
import type { ActionState, AttemptState } from "../live/state.ts";

type SleepRequest = Extract<ActionRequest, { kind: "sleep" }>;

/** The name of every sleep. */
export const sleepLabel = "sleep";
/** Looks at the clock at least so often while an action sleeps, in milliseconds: it may be set, and the machine may sleep. */
const lookMs = 60_000;
const nothing = { bytes: new Uint8Array() };

/** Makes an action that sleeps. Its end is that of the first request. @throws AppEnvError TOO_MANY_ACTIONS. */
export function requestSleep(context: EngineContext, attempt: AttemptState, request: SleepRequest): void {
  const { name, group = "", call, sleep } = request;
  const now = context.clock.now();
  const deadlineAt = "until" in sleep ? sleep.until : now + sleep.ms;
  const fields = {
    name,
    kind: "sleep",
    label: sleepLabel,
    group,
    deadlineAt,
    phase: "RUNNING",
    startedAt: now,
  } as const;
  const action = newAction(
    context,
    attempt.action,
    { ...fields, uncancelled: request.uncancelled === true },
    undefined,
  );
  action.waiters.push({ attempt, call });
  beginWaiting(context, attempt);
  if (takeOver(context, action)) return;
  context.save(action);
  armSleep(context, action);
  // Watchers want to see it at once, and a crash must not make it longer.
  context.store.committer.whenStored(() => {});
}

/**
 * Starts the timer of a sleep, also after a restart. It ends by the clock, and a clock that was set back makes it no longer
 * than it was to be.
 */
export function armSleep(context: EngineContext, action: ActionState): void {
  const { clock } = context;
  const { deadlineAt = 0, startedAt = 0 } = action.row;
  const left = Math.min(deadlineAt - clock.now(), Math.max(deadlineAt - startedAt, 0));
  const latest = clock.monotonic() + left;
  const look = (): void => {
    const rest = Math.min(deadlineAt - clock.now(), latest - clock.monotonic());
    if (rest <= 0) finish(context, action, { phase: "SUCCEEDED", outputs: nothing });
    else context.setTimer(action, "deadline", Math.min(rest, lookMs), look);
  };
  look();
}

/** A sleep that the recovered run has slept through is over. Returns whether it is. */
function takeOver(context: EngineContext, action: ActionState): boolean {
  if (action.parent === undefined || keptRow(context, action.parent, action.row.name) === undefined) return false;
  action.row.startedAt = undefined;
  finish(context, action, { phase: "SUCCEEDED", outputs: nothing });
  return true;
}
