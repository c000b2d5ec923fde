import type { ActionError } from "@appenv/runtime";
import type { WorkerSpec } from "../contracts/workers.ts";
import type { AttemptHandle } from "./attempt-handle.ts";
import type { ContainerProcesses } from "./container-process.ts";
import { ContainerWorker } from "./container-worker.ts";
import type { WorkerTiming } from "./timing.ts";

/** Needs of the workers of containers' tasks. */
export interface ContainerWorkersOptions {
  readonly containers: ContainerProcesses;
  readonly timing: WorkerTiming;
}

/** The attempts of containers' tasks: each has a process to itself, which ends with it. */
export class ContainerWorkers {
  readonly #options: ContainerWorkersOptions;
  readonly #workers = new Set<ContainerWorker>();

  constructor(options: ContainerWorkersOptions) {
    this.#options = options;
  }

  /** Runs an attempt. Its events come after this has returned. */
  run(spec: WorkerSpec, attempt: AttemptHandle): void {
    const worker: ContainerWorker = new ContainerWorker(spec, attempt, {
      ...this.#options,
      onEnd: () => this.#workers.delete(worker),
    });
    this.#workers.add(worker);
    worker.start();
  }

  /** Gives up all attempts and ends all processes. */
  async close(reason: ActionError): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.close(reason)));
  }
}
