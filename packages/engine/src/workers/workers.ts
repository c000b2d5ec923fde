import { availableParallelism } from "node:os";
import type { Workers } from "../contracts/workers.ts";
import { AttemptHandle } from "./attempt-handle.ts";
import { lostError } from "./errors.ts";
import { IsolatedWorkers } from "./isolated-workers.ts";
import { SharedWorkers } from "./shared-workers.ts";
import { defaultTiming, type WorkerTiming } from "./timing.ts";
import type { WorkerContext } from "./worker-factory.ts";

/** What workers are made of. */
export interface WorkersOptions extends Pick<WorkerContext, "processes"> {
  /** Times other than the defaults. */
  readonly timing?: Partial<WorkerTiming>;
  /** How many processors to count with. Default: those of this machine that this process may use. */
  readonly processors?: number;
}

const closing = lostError("The platform is ending.");

/**
 * Workers in processes that they are given.
 *
 * Nothing is told before `start` has returned. The env vars of a run are in the `process.env` of its workers, isolated or
 * not: attempts of runs with other env vars are in other processes.
 */
export function createWorkers(options: WorkersOptions): Workers {
  const context: WorkerContext = {
    ...options,
    timing: { ...defaultTiming, ...options.timing },
    processors: options.processors ?? availableParallelism(),
  };
  const isolated = new IsolatedWorkers(context);
  const shared = new Map<string, SharedWorkers>();
  let closed: Promise<void> | undefined;
  const workersOf = (key: string): SharedWorkers => {
    const known = shared.get(key);
    if (known !== undefined) return known;
    const made = new SharedWorkers(context, () => {
      if (shared.get(key) === made) shared.delete(key);
    });
    shared.set(key, made);
    return made;
  };
  return {
    start: (spec, given, listener) => {
      const attempt = new AttemptHandle(given, listener);
      if (closed !== undefined) setImmediate(() => attempt.end({ type: "lost", alone: false, error: closing }));
      else if (spec.isolated) isolated.add(spec, attempt);
      else workersOf(spec.key).add(spec, attempt);
      return attempt;
    },
    close: () => {
      closed ??= closeAll([isolated, ...shared.values()]);
      return closed;
    },
  };
}

async function closeAll(all: readonly (IsolatedWorkers | SharedWorkers)[]): Promise<void> {
  await Promise.all(all.map((workers) => workers.close(closing)));
}
