import { availableParallelism } from "node:os";
import { AppEnvError } from "@appenv/core";
import type { Workers } from "../contracts/workers.ts";
import type { ContainerProcesses } from "./container-process.ts";
import { ContainerWorkers } from "./container-workers.ts";
import { lostError } from "./errors.ts";
import { IsolatedWorkers } from "./isolated-workers.ts";
import type { TaskWorker } from "./task-worker.ts";
import { defaultTiming, restartDelay, type WorkerTiming } from "./timing.ts";
import { makeWorker, type WorkerContext } from "./worker-factory.ts";

/** Needs of the workers. */
export interface WorkersOptions extends Pick<WorkerContext, "processes"> {
  /** Source of the processes of containers' tasks. Default: they cannot run. */
  readonly containers?: ContainerProcesses;
  /** Times other than the defaults. */
  readonly timing?: Partial<WorkerTiming>;
  /** The number of processors to count with. Default: those of this machine that this process may use. */
  readonly processors?: number;
}

const closing = lostError("The platform is ending.");

const noContainers: ContainerProcesses = {
  start: async () => {
    throw new AppEnvError("UNSUPPORTED", "Tasks of containers cannot run here.");
  },
};

/**
 * Workers in processes that they are given. The env vars of a run are in the `process.env` of its workers, isolated or
 * not: attempts of runs with other env vars are in other processes.
 */
export function createWorkers(options: WorkersOptions): Workers {
  const context: WorkerContext = {
    ...options,
    timing: { ...defaultTiming, ...options.timing },
    processors: options.processors ?? availableParallelism(),
  };
  const isolated = new IsolatedWorkers(context);
  const containers = new ContainerWorkers({ containers: options.containers ?? noContainers, timing: context.timing });
  const shared = new Set<TaskWorker>();
  let closed: Promise<unknown> | undefined;
  return {
    processors: context.processors,
    retryMs: context.timing.retryMs,
    restartDelay: (crashes) => restartDelay(context.timing, crashes),
    start: (spec, env, onChange) => {
      const worker = makeWorker(spec, env, context, (changed) => {
        if (changed.state === "ended") shared.delete(changed);
        for (const attempt of changed.unsent.splice(0)) attempt.unsent();
        onChange(changed);
      });
      shared.add(worker);
      return worker;
    },
    runAlone: (spec, attempt) => (spec.definition.launch.kind === "image" ? containers : isolated).run(spec, attempt),
    close: async () => {
      closed ??= Promise.all([isolated, containers, ...shared].map((workers) => workers.close(closing)));
      await closed;
    },
  };
}
