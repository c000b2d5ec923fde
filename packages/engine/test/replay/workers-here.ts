import type { TaskEnvironment } from "@appenv/core";
import type { FromReplica } from "@appenv/runtime";
import { Worker } from "../../../runtime/src/worker/worker.ts";
import type { Worker as AttemptsWorker, Workers, WorkerSpec } from "../../src/contracts/workers.ts";
import type { AttemptHandle } from "../../src/workers/attempt-handle.ts";

const lost = {
  type: "lost",
  alone: false,
  error: { kind: "SYSTEM", code: "WORKER_LOST", message: "It was killed.", stack: undefined, retryable: true },
} as const;

/** The runtime's worker in this process. */
export class WorkersHere implements Workers {
  readonly #environment: TaskEnvironment;
  readonly #objects: string;
  readonly processors = Infinity;
  readonly retryMs = 0;
  readonly restartDelay = (): number => 0;
  readonly #listeners = new Map<number, AttemptHandle>();
  #worker: Worker;
  #last = 0;
  #requests = 0;
  #afterRequests: { readonly at: number; readonly call: () => void } | undefined;

  constructor(environment: TaskEnvironment, objects: string) {
    this.#environment = environment;
    this.#objects = objects;
    this.#worker = this.#make();
  }

  /** One that is ready at once. */
  start(): AttemptsWorker {
    return {
      state: "working",
      size: 0,
      silentMs: 0,
      hasServed: true,
      failure: undefined,
      run: (attempt) => this.#run(attempt),
      leave: () => {},
    };
  }

  runAlone(_spec: WorkerSpec, attempt: AttemptHandle): void {
    this.#run(attempt);
  }

  #run(listener: AttemptHandle): void {
    const { given } = listener;
    const id = (this.#last += 1);
    const worker = this.#worker;
    this.#listeners.set(id, listener);
    setImmediate(() => {
      if (!this.#listeners.has(id)) return;
      listener.started({ name: "here", pid: 1 });
      worker.handle({ type: "attempts", attempts: [{ ...given, id }] });
    });
    listener.holder = {
      answer: (_, call, outcome) => {
        if (worker === this.#worker) worker.handle({ type: "outcomes", outcomes: [{ call, outcome }] });
      },
      cancel: ({ cancelled }) => {
        const { reason, message } = cancelled ?? { reason: "aborted", message: "" };
        worker.handle({ type: "cancel", attempt: id, reason, message, graceMs: 1_000 });
      },
      hold: () => {},
    };
  }

  /** Calls back once when attempts have asked so often again. */
  after(requests: number, call: () => void): void {
    this.#afterRequests = { at: this.#requests + requests, call };
  }

  /** The process ends with all its attempts; those of other processes go on. */
  lose(): void {
    this.#worker = this.#make();
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const listener of listeners) listener.ended(lost);
  }

  /** Nothing is heard of them any more. */
  kill(): void {
    this.#worker = this.#make();
    this.#listeners.clear();
  }

  async close(): Promise<void> {
    this.kill();
  }

  #make(): Worker {
    const environment = this.#environment;
    const launch = { file: "", environment: environment.name };
    const start = { worker: "here", launch, workdir: "/", env: {}, objects: this.#objects, project: "p", domain: "d" };
    const worker: Worker = new Worker(
      {
        send: async (message) => {
          if (worker === this.#worker) this.#take(message);
        },
      },
      start,
      environment,
    );
    return worker;
  }

  #take(message: FromReplica): void {
    if (message.type === "requests") {
      for (const request of message.requests) {
        this.#requests += 1;
        this.#listeners.get(request.attempt)?.request(request);
        if (this.#afterRequests?.at !== this.#requests) continue;
        setImmediate(this.#afterRequests.call);
        this.#afterRequests = undefined;
      }
    }
    if (message.type === "results") {
      for (const result of message.results) {
        const listener = this.#listeners.get(result.attempt);
        this.#listeners.delete(result.attempt);
        listener?.ended({ type: "result", result });
      }
    }
  }
}
