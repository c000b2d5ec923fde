import type { ActionError } from "@appenv/runtime";
import type { WorkerSpec } from "../contracts/workers.ts";
import type { AttemptHandle } from "./attempt-handle.ts";
import { startErrorOf } from "./errors.ts";
import { restartDelay } from "./timing.ts";
import type { RunEnv } from "./task-process.ts";
import { envKey, makeWorker, type WorkerContext } from "./worker-factory.ts";
import type { Worker } from "./worker.ts";

/** So often another process is tried when one crashed before it could take attempts: it may not have been its fault. */
const startCrashes = 2;
/** With so many attempts in each worker another one is worth its start, if there is a processor for it. */
const spread = 8;
/** After so many milliseconds without a word a worker that computes is blocked: it gets no attempts until it says one. */
const blockedMs = 1_000;

/** The attempts whose runs have the same env vars, and the workers that have these. */
interface Lane {
  readonly env: RunEnv;
  readonly spec: WorkerSpec;
  readonly queue: Set<AttemptHandle>;
  readonly workers: Set<Worker>;
  /** Before this time, of `performance.now()`, no worker beside others is started. */
  retryAt: number;
  /** How many processes in a row crashed before they could take attempts. */
  crashes: number;
  /** Whether a process has crashed just now, so that no other one is started yet. */
  resting: boolean;
}

/**
 * The workers of one environment's version, each with several attempts at once.
 *
 * - An attempt goes to the worker with the fewest that compute; attempts that wait for children or for somebody do not
 *   count, since those they wait for need the room.
 * - The first worker starts with the first attempt. Another one starts when all have `workers.concurrency` attempts or a
 *   blocked event loop; or when there are 8 for each, while a processor is left for the platform. One at a time, and
 *   never so that more than `workers.replicas` compute; then attempts wait for room.
 * - A run's env vars are those of its processes: attempts of runs with other env vars have other workers. If there are
 *   none for them and no room for more, the worker that has been there longest gets no more attempts, and makes room.
 */
export class SharedWorkers {
  readonly #context: WorkerContext;
  readonly #onEmpty: () => void;
  readonly #lanes = new Map<string, Lane>();
  /** Workers that make room for another lane. */
  readonly #yielding = new Set<Worker>();
  #scheduled = false;

  /** @param onEmpty - Called when it has no worker and no attempt any more. */
  constructor(context: WorkerContext, onEmpty: () => void) {
    this.#context = context;
    this.#onEmpty = onEmpty;
  }

  /** Hands an attempt to a worker, in this turn of the event loop or as soon as there is room. */
  add(spec: WorkerSpec, attempt: AttemptHandle): void {
    enqueue(this.#lane(spec, attempt.given.envVars), attempt);
    this.#schedule();
  }

  /** Gives up all attempts and ends all workers. */
  async close(reason: ActionError): Promise<void> {
    const lanes = [...this.#lanes.values()];
    for (const { queue } of lanes) fail(queue, reason, false);
    await Promise.all(lanes.flatMap(({ workers }) => [...workers].map((worker) => worker.close(reason))));
  }

  #lane(spec: WorkerSpec, env: RunEnv): Lane {
    const key = envKey(env);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const made: Lane = { env, spec, queue: new Set(), workers: new Set(), retryAt: 0, crashes: 0, resting: false };
    this.#lanes.set(key, made);
    return made;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#distribute();
    });
  }

  #distribute(): void {
    for (const [key, lane] of this.#lanes) {
      fill(lane);
      if (wantsWorker(lane, this.#context.processors)) this.#startWorker(lane);
      if (lane.queue.size === 0 && lane.workers.size === 0) this.#lanes.delete(key);
    }
    if (this.#lanes.size === 0) this.#onEmpty();
  }

  #startWorker(lane: Lane): void {
    const { replicas } = lane.spec.definition.reusable;
    const all = [...this.#lanes.values()].flatMap(({ workers }) => [...workers]);
    const others = all.filter((worker) => !lane.workers.has(worker) && worker.state === "working");
    if (all.filter((worker) => this.#isBusy(worker)).length >= replicas) {
      // With workers of its own the lane waits for their room; without, lanes take turns.
      if (live(lane).length === 0 && this.#yielding.size === 0) this.#yield(others[0]);
      return;
    }
    if (all.length >= replicas) others.find(({ size }) => size === 0)?.leave();
    this.#make(lane);
  }

  #yield(worker: Worker | undefined): void {
    if (worker === undefined) return;
    this.#yielding.add(worker);
    worker.leave();
  }

  /** One that has to leave because an attempt is stuck in it is not in the way of others. */
  #isBusy(worker: Worker): boolean {
    const { state, computing } = worker;
    return state === "starting" || (computing > 0 && (state === "working" || this.#yielding.has(worker)));
  }

  #make(lane: Lane): void {
    try {
      const worker = makeWorker(lane.spec, lane.env, this.#context, (changed) => this.#changed(lane, changed));
      lane.workers.add(worker);
    } catch (error) {
      fail(lane.queue, startErrorOf(error), true);
    }
  }

  #changed(lane: Lane, worker: Worker): void {
    if (worker.state === "working" && worker.hasServed) lane.crashes = 0;
    if (worker.state === "ended") this.#ended(lane, worker);
    this.#schedule();
  }

  #ended(lane: Lane, worker: Worker): void {
    lane.workers.delete(worker);
    this.#yielding.delete(worker);
    for (const attempt of worker.unsent) enqueue(lane, attempt);
    if (worker.failure === undefined) return;
    const { error, crashed } = worker.failure;
    if (live(lane).length > 0) lane.retryAt = performance.now() + this.#context.timing.retryMs;
    else if (crashed && lane.crashes < startCrashes) this.#rest(lane);
    else fail(lane.queue, error, true);
  }

  #rest(lane: Lane): void {
    lane.crashes += 1;
    lane.resting = true;
    const wake = (): void => {
      lane.resting = false;
      this.#schedule();
    };
    setTimeout(wake, restartDelay(this.#context.timing, lane.crashes)).unref();
  }
}

function enqueue({ queue }: Lane, attempt: AttemptHandle): void {
  queue.add(attempt);
  attempt.holder = {
    answer: () => {},
    hold: () => {},
    cancel: () => {
      queue.delete(attempt);
      attempt.endCancelled();
    },
  };
}

/** Gives queued attempts to workers with room. */
function fill({ queue, workers, spec }: Lane): void {
  if (queue.size === 0) return;
  const able = [...workers].filter(({ state, silentMs }) => state === "working" && silentMs < blockedMs);
  for (const attempt of queue) {
    const roomiest = leastBusy(able);
    if (roomiest === undefined || roomiest.computing >= spec.definition.reusable.concurrency) return;
    queue.delete(attempt);
    roomiest.run(attempt);
  }
}

function leastBusy(workers: readonly Worker[]): Worker | undefined {
  let best: Worker | undefined;
  for (const worker of workers) {
    if (best === undefined || worker.computing < best.computing) best = worker;
  }
  return best;
}

function isStarting({ workers }: Lane): boolean {
  return [...workers].some(({ state }) => state === "starting");
}

function wantsWorker(lane: Lane, processors: number): boolean {
  const { queue, retryAt } = lane;
  if (lane.resting || isStarting(lane)) return false;
  const working = live(lane);
  if (working.length === 0 || performance.now() < retryAt) return working.length === 0 && queue.size > 0;
  const demand = working.reduce((sum, { computing }) => sum + computing, queue.size);
  return queue.size > 0 || (working.length < processors - 1 && demand >= working.length * spread);
}

/** Those that take attempts, or soon will. */
function live({ workers }: Lane): readonly Worker[] {
  return [...workers].filter(({ state }) => state === "starting" || state === "working");
}

function fail(queue: Set<AttemptHandle>, error: ActionError, alone: boolean): void {
  const attempts = [...queue];
  queue.clear();
  for (const attempt of attempts) attempt.end({ type: "lost", alone, error });
}
