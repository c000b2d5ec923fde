import { AppEnvError, type RunOptions } from "@appenv/core";
import { durationMs, invalidOption } from "@appenv/core/internal";
import { toScheduleAnnotations } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";

type Scheduled = Pick<RunOptions, "delay" | "at" | "ttl">;

/** The annotations that carry when a run begins. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function scheduleAnnotations({ delay, at, ttl }: Scheduled): Record<string, string> {
  if (delay !== undefined && at !== undefined) throw invalidOption("run.at", at, "left out where `delay` is given");
  if (at !== undefined && !(at instanceof Date && Number.isFinite(at.getTime()))) {
    throw invalidOption("run.at", at, "a valid Date");
  }
  const ttlMs = ttl === undefined ? undefined : durationMs(ttl, "run.ttl");
  if (ttlMs === 0) throw invalidOption("run.ttl", ttl, "more than 0");
  return toScheduleAnnotations({
    ...(at && { startAt: at }),
    ...(delay !== undefined && { delayMs: durationMs(delay, "run.delay") }),
    ...(ttlMs !== undefined && { ttlMs }),
  });
}

/** Refuses what a cluster's backend would leave out. @throws AppEnvError UNSUPPORTED. */
export function checkSchedule({ embedded }: ControlPlane, { delay, at, ttl }: Scheduled): void {
  const [asked] = Object.entries({ delay, at, ttl }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (embedded || asked === undefined) return;
  throw new AppEnvError("UNSUPPORTED", `A Flyte cluster starts every run at once: it has no \`${asked}\`.`, {
    fix: "Start the run when it is due, for example by a trigger; or let the task itself begin with `sleepUntil`.",
  });
}
