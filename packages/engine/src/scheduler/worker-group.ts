import type { ActionError } from "@appenv/runtime";
import type { RunEnv, Worker, WorkerSpec } from "../contracts/workers.ts";
import type { Place, Places } from "./places.ts";
import type { WaitReason } from "./turn.ts";

/** Time without a word after which a worker that computes is blocked, in milliseconds: it gets no jobs until it says one. */
const blockedMs = 1_000;

/** The places in one worker. */
export class WorkerPlaces implements Place {
  readonly worker: Worker;
  computing = 0;

  constructor(worker: Worker) {
    this.worker = worker;
  }

  get isGone(): boolean {
    return this.worker.state === "leaving" || this.worker.state === "ended";
  }

  get isBlocked(): boolean {
    return this.computing > 0 && this.worker.silentMs >= blockedMs;
  }

  run: Place["run"] = (_, attempt) => this.worker.run(attempt);
}

/** The workers for jobs whose runs have the same env vars. A job goes to the worker in which the fewest compute. */
export class WorkerGroup implements Places {
  readonly env: RunEnv;
  readonly spec: WorkerSpec;
  readonly workers: Set<WorkerPlaces> = new Set();
  readonly #onDemand: () => void;
  blocked = false;
  waiting = 0;
  /** Before this time, of `performance.now()`, no worker beside others is started. */
  retryAt = 0;
  /** The number of processes in a row that crashed before they could take jobs. */
  crashes = 0;
  /** True while no other process is started, since one has just crashed. */
  resting = false;
  /** Set while the jobs that may start fail, since no process for them can be started. */
  failure: ActionError | undefined;

  /** @param onDemand - Called when its jobs may need another worker, or none any more. */
  constructor(spec: WorkerSpec, env: RunEnv, onDemand: () => void) {
    this.spec = spec;
    this.env = env;
    this.#onDemand = onDemand;
  }

  /** Workers that take jobs, or soon will. */
  get live(): readonly WorkerPlaces[] {
    return [...this.workers].filter(({ worker: { state } }) => state === "starting" || state === "working");
  }

  take(): Place | undefined {
    if (this.failure !== undefined) return new FailedPlace(this.failure);
    this.#onDemand();
    let best: WorkerPlaces | undefined;
    for (const places of this.workers) {
      if (places.worker.state !== "working" || places.computing >= (best?.computing ?? Infinity)) continue;
      if (!places.isBlocked) best = places;
    }
    return best !== undefined && best.computing < this.spec.definition.reusable.concurrency ? best : undefined;
  }

  freed(): void {
    this.blocked = false;
  }

  emptied(): void {
    this.blocked = false;
    this.#onDemand();
  }

  whyWaiting(): WaitReason {
    return { kind: "worker", worker: this.#state() };
  }

  #state(): Extract<WaitReason, { kind: "worker" }>["worker"] {
    const workers = this.live;
    if (this.resting) return "restarting";
    if (workers.some(({ worker }) => worker.state === "starting")) return "starting";
    if (workers.length === 0) return this.workers.size > 0 ? "starting" : "other-env-vars";
    return workers.every(({ isBlocked }) => isBlocked) ? "blocked" : "full";
  }
}

/** The place of a job that fails, since its process cannot be started. */
class FailedPlace implements Place {
  readonly #error: ActionError;
  computing = 0;
  readonly isGone = false;

  constructor(error: ActionError) {
    this.#error = error;
  }

  run: Place["run"] = (_, attempt) => {
    setImmediate(() => attempt.ended({ type: "lost", alone: true, error: this.#error }));
  };
}
