import type { ActionError } from "@appenv/runtime";
import type { WorkerSpec } from "../contracts/workers.ts";
import type { AttemptHandle } from "./attempt-handle.ts";
import { envKey } from "./env-key.ts";
import { startErrorOf } from "./errors.ts";
import { restartDelay } from "./timing.ts";
import { makeWorker, type WorkerContext } from "./worker-factory.ts";
import type { TaskWorker } from "./task-worker.ts";

/** Number of further processes that are tried when one crashed before it could take the attempt: it may not be its fault. */
const startCrashes = 2;

/** An attempt that a process starts for. */
interface Starting {
  readonly spec: WorkerSpec;
  readonly attempt: AttemptHandle;
  /** Processes with the same key take one another's attempts. */
  readonly key: string;
  /** The number of processes that crashed before it could begin. */
  readonly crashes: number;
}

/**
 * The workers of isolated attempts, of all environments: one attempt in each. A process that has become free takes the
 * next attempt of the same key and env vars.
 */
export class IsolatedWorkers {
  readonly #context: WorkerContext;
  readonly #workers = new Map<TaskWorker, string>();
  /** Attempts whose process has just crashed, with the timer of their next one. */
  readonly #resting = new Map<AttemptHandle, NodeJS.Timeout>();

  constructor(context: WorkerContext) {
    this.#context = context;
  }

  /** Runs an attempt. Its events come after this has returned. */
  run(spec: WorkerSpec, attempt: AttemptHandle): void {
    this.#start({ spec, attempt, key: `${spec.key} ${envKey(attempt.given.envVars)}`, crashes: 0 });
  }

  /** Gives up all attempts and ends all workers. */
  async close(reason: ActionError): Promise<void> {
    for (const [attempt, timer] of this.#resting) {
      clearTimeout(timer);
      attempt.ended({ type: "lost", alone: false, error: reason });
    }
    this.#resting.clear();
    await Promise.all([...this.#workers.keys()].map((worker) => worker.close(reason)));
  }

  #start(starting: Starting): void {
    const { attempt, key } = starting;
    try {
      (this.#idle(key) ?? this.#make(starting)).run(attempt);
    } catch (error) {
      setImmediate(() => attempt.ended({ type: "lost", alone: true, error: startErrorOf(error) }));
    }
  }

  #idle(key: string): TaskWorker | undefined {
    for (const [worker, itsKey] of this.#workers) {
      if (itsKey === key && isIdle(worker)) return worker;
    }
    return undefined;
  }

  #make(starting: Starting): TaskWorker {
    const { spec, attempt, key } = starting;
    const worker = makeWorker(spec, attempt.given.envVars, this.#context, (changed) => {
      if (changed.state === "ended") this.#ended(changed, starting);
      else this.#endSurplus();
    });
    this.#workers.set(worker, key);
    return worker;
  }

  #ended(worker: TaskWorker, starting: Starting): void {
    this.#workers.delete(worker);
    for (const attempt of worker.unsent) {
      const crashes = worker.failure === undefined ? 0 : starting.crashes + 1;
      if (worker.failure === undefined) this.#start({ ...starting, attempt, crashes });
      else if (worker.failure.crashed && crashes <= startCrashes) this.#rest({ ...starting, attempt, crashes });
      else attempt.ended({ type: "lost", alone: true, error: worker.failure.error });
    }
  }

  #rest(starting: Starting): void {
    const { attempt, crashes } = starting;
    const wake = (): void => {
      this.#resting.delete(attempt);
      this.#start(starting);
    };
    const timer = setTimeout(wake, restartDelay(this.#context.timing, crashes)).unref();
    this.#resting.set(attempt, timer);
    attempt.holder = {
      answer: () => {},
      hold: () => {},
      cancel: () => {
        clearTimeout(timer);
        this.#resting.delete(attempt);
        attempt.endCancelled();
      },
    };
  }

  /** Keeps no more processes for later than can be used at once. */
  #endSurplus(): void {
    const idle = [...this.#workers.keys()].filter(isIdle);
    for (const worker of idle.slice(0, -this.#context.processors)) worker.leave();
  }
}

function isIdle({ state, size }: TaskWorker): boolean {
  return state === "working" && size === 0;
}
