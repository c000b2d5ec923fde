import type { FollowOptions } from "./follow-options.ts";
import type { ServerEvent } from "./read-events.ts";
import type { ActionProgress, ShownRun } from "@appenv-internal/http/shown-run";
import { useFollowed, type Followed, type Reading } from "./use-followed.ts";

/** A run that is followed. */
export interface FollowedRun<Output = unknown> extends Followed {
  /** Undefined until it was read. */
  readonly run: ShownRun<Output> | undefined;
  /** The progress and the metadata of its actions, by their names; `a0` is the first. */
  readonly actions: Readonly<Record<string, ActionProgress>>;
}

type Read = Pick<FollowedRun, "run" | "actions">;

/**
 * Follows a run while the component is there: its phase, its output or error, the progress of its actions.
 *
 * @param run - The URL of the run, for example `/runs/r4u...`. Undefined: nothing is read yet.
 */
export function useRun<Output = unknown>(run: string | undefined, options: FollowOptions = {}): FollowedRun<Output> {
  return useFollowed(run, options, reading) as FollowedRun<Output>;
}

const reading: Reading<Read> = { initial: { run: undefined, actions: {} }, next };

function next(before: Read, events: readonly ServerEvent[]): { state: Read; ended: boolean } {
  let { run, actions } = before;
  for (const { event, data } of events) {
    if (event === "phase") run = JSON.parse(data) as ShownRun;
    if (event !== "progress") continue;
    const action = JSON.parse(data) as ActionProgress;
    actions = { ...actions, [action.action]: action };
  }
  return { state: { run, actions }, ended: run?.done === true };
}
