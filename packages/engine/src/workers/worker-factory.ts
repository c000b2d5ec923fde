import type { WorkerSpec } from "../contracts/workers.ts";
import { noteDrift } from "./note-drift.ts";
import type { RunEnv, TaskProcesses } from "./task-process.ts";
import type { WorkerTiming } from "./timing.ts";
import { Worker } from "./worker.ts";

/** What workers are made with. */
export interface WorkerContext {
  readonly processes: TaskProcesses;
  readonly timing: WorkerTiming;
  /** How many may compute at once where nothing else limits them. */
  readonly processors: number;
}

/** The same text for the same env vars, in any order. */
export function envKey(env: RunEnv): string {
  const entries = Object.entries(env);
  return entries.length === 0 ? "" : JSON.stringify(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A worker with a process of its own. @throws as `TaskProcesses.prepare`. */
export function makeWorker(
  spec: WorkerSpec,
  env: RunEnv,
  { processes, timing }: WorkerContext,
  onChange: (worker: Worker) => void,
): Worker {
  const prepared = processes.prepare(spec, env);
  const worker = new Worker({
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
