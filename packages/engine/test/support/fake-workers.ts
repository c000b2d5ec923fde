import type { ActionError } from "@appenv/runtime";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import type { RunEnv, Worker, Workers, WorkerSpec } from "../../src/contracts/workers.ts";
import type { Job } from "../../src/scheduler/turn.ts";
import type { AttemptHandle } from "../../src/workers/attempt-handle.ts";

/** A worker whose process does what the test says. */
export class FakeWorker implements Worker {
  readonly env: RunEnv;
  readonly attempts: AttemptHandle[] = [];
  readonly #onChange: () => void;
  state: Worker["state"] = "starting";
  silentMs = 0;
  hasServed = false;
  failure: Worker["failure"];

  constructor(env: RunEnv, onChange: (worker: Worker) => void) {
    this.env = env;
    this.#onChange = () => onChange(this);
  }

  get size(): number {
    return this.attempts.length;
  }

  run(attempt: AttemptHandle): void {
    this.hasServed = true;
    this.attempts.push(attempt);
  }

  leave(): void {
    this.state = "leaving";
    if (this.size === 0) this.end();
  }

  /** Its process has loaded the bundle, or says something after a silence. */
  works(): void {
    this.state = "working";
    this.silentMs = 0;
    this.#onChange();
  }

  /** Its process ends. @param unsent - Whether it had not been given its attempts. */
  end({ failure, unsent = false }: { failure?: Worker["failure"]; unsent?: boolean } = {}): void {
    this.state = "ended";
    this.failure = failure;
    for (const attempt of this.attempts.splice(0)) {
      if (unsent) attempt.unsent();
      else attempt.ended({ type: "lost", alone: false, error: lost });
    }
    this.#onChange();
  }

  /** The attempt of an action gives a result. */
  finish(action: string): void {
    const [attempt] = this.attempts.splice(
      this.attempts.findIndex(({ given }) => given.action === action),
      1,
    );
    attempt?.ended({ type: "lost", alone: false, error: lost });
    if (this.state === "leaving" && this.size === 0) this.end();
  }
}

const lost: ActionError = {
  kind: "SYSTEM",
  code: "WORKER_LOST",
  message: "The process ended.",
  stack: undefined,
  retryable: true,
};

/** Workers that a test moves. */
export class FakeWorkers implements Workers {
  readonly processors: number;
  readonly retryMs = 1_000_000;
  readonly started: FakeWorker[] = [];
  readonly alone: AttemptHandle[] = [];
  readonly #ready: boolean;

  /** @param ready - Whether workers work as soon as they are started. */
  constructor({ processors = 2, ready = false }: { processors?: number; ready?: boolean } = {}) {
    this.processors = processors;
    this.#ready = ready;
  }

  restartDelay(): number {
    return 1;
  }

  start(_: WorkerSpec, env: RunEnv, onChange: (worker: Worker) => void): Worker {
    const worker = new FakeWorker(env, onChange);
    if (this.#ready) worker.state = "working";
    this.started.push(worker);
    return worker;
  }

  runAlone(_: WorkerSpec, attempt: AttemptHandle): void {
    this.alone.push(attempt);
  }

  async close(): Promise<void> {}
}

const unlimited: Job["limits"] = { environment: Infinity, task: Infinity, workerPlaces: Infinity };

interface JobChanges extends Partial<Pick<Job, "environment" | "task" | "env" | "priority" | "id">> {
  readonly queue?: Partial<Omit<Job["queue"], "id">> & { readonly name?: string };
  readonly limits?: Partial<Job["limits"]>;
  readonly isolated?: boolean;
  readonly reusable?: { readonly replicas?: number; readonly concurrency?: number };
}

/** A job of a run. */
export function job(run: number, { limits, isolated = false, reusable, queue, ...changes }: JobChanges = {}): Job {
  const definition = taskDefinition({
    reusable: { replicas: 1, concurrency: 1_000_000, idleTtlMs: 1_000, ...reusable },
  });
  const environment = changes.environment ?? "p/d/e";
  const key = `${environment}/v1`;
  const spec: WorkerSpec = { key, project: "p", domain: "d", version: "v1", definition, isolated };
  const task = changes.task ?? "t";
  return {
    id: { run: `r${run}`, action: "a0" },
    run,
    task,
    env: {},
    priority: 0,
    queuedAt: 0,
    ...changes,
    queue: {
      id: { project: "p", domain: "d", name: queue?.name ?? `${environment}.${task}` },
      key: queue?.key ?? "",
      limits: queue?.limits ?? { concurrency: undefined, rate: undefined },
    },
    environment,
    spec,
    limits: { ...unlimited, ...limits },
  };
}
