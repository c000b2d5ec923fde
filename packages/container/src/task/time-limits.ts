import { setTimeout as sleep } from "node:timers/promises";
import type { TaskSettings } from "@appenv/core";
import type { Checkpoints } from "./checkpoints.ts";

/** Limits of an attempt's time, which the backend does not hold. */
export interface TimeLimits {
  /** Time from the attempt's start, in milliseconds; undefined: no limit. */
  readonly maxRuntimeMs: number | undefined;
  /** The time at which all attempts are over, in milliseconds since 1970; undefined: no limit. */
  readonly deadline: number | undefined;
}

/**
 * Waits out the pause before a retry, and reads the limits of the attempt. The deadline counts from the start of the first
 * attempt, which is recorded for those after it.
 *
 * @param attempt - From 1. @throws StorageError.
 */
export async function beginInTime(
  { backoff, maxRuntimeMs, deadlineMs }: TaskSettings,
  attempt: number,
  checkpoints: Checkpoints,
): Promise<TimeLimits> {
  const deadline = deadlineMs === undefined ? undefined : (await checkpoints.firstTime("started")) + deadlineMs;
  if (backoff !== undefined && attempt > 1) {
    const pauseMs = Math.min(backoff.baseMs * backoff.factor ** (attempt - 2), backoff.capMs);
    await sleep(deadline === undefined ? pauseMs : Math.min(pauseMs, Math.max(deadline - Date.now(), 0)));
  }
  return { maxRuntimeMs, deadline };
}
