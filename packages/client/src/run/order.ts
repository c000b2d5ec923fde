import { AppEnvError, type RunOptions } from "@appenv/core";
import { invalidOption, readPriority } from "@appenv/core/internal";
import { toAnnotations } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";

type Ordered = Pick<RunOptions, "priority" | "queueKey">;

/** Checks the place that a run is given among others. @throws AppEnvError INVALID_OPTION, UNSUPPORTED on a Flyte cluster. */
export function checkOrder({ embedded }: ControlPlane, { priority, queueKey }: Ordered): void {
  readPriority(priority, "priority");
  if (queueKey !== undefined && (typeof queueKey !== "string" || queueKey.length > 128)) {
    throw invalidOption("queueKey", queueKey, "a text of at most 128 characters");
  }
  if (embedded || (priority === undefined && queueKey === undefined)) return;
  const name = priority === undefined ? "queueKey" : "priority";
  throw new AppEnvError("UNSUPPORTED", `A Flyte cluster starts every run at once: it has no \`${name}\`.`, {
    fix: `Leave out \`${name}\`.`,
  });
}

/** The same, as annotations of the run. */
export function orderAnnotations({ priority, queueKey }: Ordered): Record<string, string> {
  return toAnnotations({
    ...(priority === undefined ? {} : { priority }),
    ...(queueKey === undefined ? {} : { queueKey }),
  });
}
