import type { ActionError } from "@appenv/runtime";
import type { WorkerSpec } from "../contracts/workers.ts";
import type { AttemptHandle } from "./attempt-handle.ts";
import { startErrorOf } from "./errors.ts";
import { restartDelay } from "./timing.ts";
import { envKey, makeWorker, type WorkerContext } from "./worker-factory.ts";
import type { Worker } from "./worker.ts";

/** So often another process is tried when one crashed before it could take the attempt: it may not have been its fault. */
const startCrashes = 2;

interface Waiting {
  readonly spec: WorkerSpec;
  readonly attempt: AttemptHandle;
  readonly key: string;
  /** How many processes crashed before it could begin. */
  readonly crashes: number;
  /** Whether its last process has crashed just now, so that no other one is started for it yet. */
  resting: boolean;
}

/**
 * The workers of isolated attempts, of all environments: one attempt in each. As many compute at once as there are
 * processors, in the order in which they came. An attempt that waits for children or for somebody does not count: what it
 * waits for may be isolated too. A process that has become free takes the next attempt of the same key and env vars.
 */
export class IsolatedWorkers {
  readonly #context: WorkerContext;
  readonly #queue = new Map<AttemptHandle, Waiting>();
  readonly #workers = new Map<Worker, string>();
  #scheduled = false;

  constructor(context: WorkerContext) {
    this.#context = context;
  }

  /** Hands an attempt to a worker, in this turn of the event loop or as soon as a processor is free. */
  add(spec: WorkerSpec, attempt: AttemptHandle): void {
    this.#enqueue({ spec, attempt, key: `${spec.key} ${envKey(attempt.given.envVars)}`, crashes: 0, resting: false });
  }

  /** Gives up all attempts and ends all workers. */
  async close(reason: ActionError): Promise<void> {
    const attempts = [...this.#queue.keys()];
    this.#queue.clear();
    for (const attempt of attempts) attempt.end({ type: "lost", alone: false, error: reason });
    await Promise.all([...this.#workers.keys()].map((worker) => worker.close(reason)));
  }

  #enqueue(waiting: Waiting): void {
    const { attempt } = waiting;
    this.#queue.set(attempt, waiting);
    attempt.holder = {
      answer: () => {},
      hold: () => {},
      cancel: () => {
        this.#queue.delete(attempt);
        attempt.endCancelled();
      },
    };
    this.#schedule();
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
    let computing = 0;
    for (const worker of this.#workers.keys()) computing += worker.computing;
    for (const waiting of this.#queue.values()) {
      if (computing >= this.#context.processors) return;
      if (waiting.resting) continue;
      this.#queue.delete(waiting.attempt);
      computing += 1;
      this.#run(waiting);
    }
    this.#endSurplus();
  }

  #run(waiting: Waiting): void {
    const { attempt, key } = waiting;
    try {
      (this.#idle(key) ?? this.#make(waiting)).run(attempt);
    } catch (error) {
      attempt.end({ type: "lost", alone: true, error: startErrorOf(error) });
    }
  }

  #idle(key: string): Worker | undefined {
    for (const [worker, itsKey] of this.#workers) {
      if (itsKey === key && isIdle(worker)) return worker;
    }
    return undefined;
  }

  #make(waiting: Waiting): Worker {
    const { spec, attempt, key } = waiting;
    const worker = makeWorker(spec, attempt.given.envVars, this.#context, (changed) => {
      if (changed.state === "ended") this.#ended(changed, waiting);
      this.#schedule();
    });
    this.#workers.set(worker, key);
    return worker;
  }

  #ended(worker: Worker, waiting: Waiting): void {
    this.#workers.delete(worker);
    for (const attempt of worker.unsent) {
      const crashes = worker.failure === undefined ? 0 : waiting.crashes + 1;
      if (worker.failure === undefined) this.#enqueue({ ...waiting, attempt, crashes });
      else if (worker.failure.crashed && crashes <= startCrashes) this.#rest({ ...waiting, attempt, crashes });
      else attempt.end({ type: "lost", alone: true, error: worker.failure.error });
    }
  }

  #rest(waiting: Waiting): void {
    waiting.resting = true;
    this.#enqueue(waiting);
    const wake = (): void => {
      waiting.resting = false;
      this.#schedule();
    };
    setTimeout(wake, restartDelay(this.#context.timing, waiting.crashes)).unref();
  }

  /** No more processes are kept for later than can be used at once. */
  #endSurplus(): void {
    const idle = [...this.#workers.keys()].filter(isIdle);
    for (const worker of idle.slice(0, -this.#context.processors)) worker.leave();
  }
}

function isIdle({ state, size }: Worker): boolean {
  return state === "working" && size === 0;
}
