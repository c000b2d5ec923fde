import type { RunEnv, WorkerSpec } from "../contracts/workers.ts";
import { noteDrift } from "./note-drift.ts";
import type { TaskProcesses } from "./task-process.ts";
import type { WorkerTiming } from "./timing.ts";
import { TaskWorker } from "./task-worker.ts";

/** Needs of workers. */
export interface WorkerContext {
  readonly processes: TaskProcesses;
  readonly timing: WorkerTiming;
  /** The number of processors to count with. */
  readonly processors: number;
}

/** A worker with a process of its own. @throws as `TaskProcesses.prepare`. */
export function makeWorker(
  spec: WorkerSpec,
  env: RunEnv,
  { processes, timing }: WorkerContext,
  onChange: (worker: TaskWorker) => void,
): TaskWorker {
  const prepared = processes.prepare(spec, env);
  const worker = new TaskWorker({
    ...prepared,
    idleTtlMs: spec.definition.reusable.idleTtlMs,
    timing,
    onChange: (changed) => {
      if (changed.state !== "starting") processes.started();
      onChange(changed);
    },
  });
  noteDrift(worker, prepared.start.launch.file);
  return worker;
}
