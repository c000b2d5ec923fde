import { writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { flushSpans } from "@appenv/core/internal";
import { fillRunTime } from "@appenv/protocol/tasks";
import type {
  ActionError,
  ActionOutcome,
  ActionRequest,
  AttemptResult,
  FromReplica,
  ModuleExports,
} from "@appenv/runtime";
import { defaultPatienceMs, ReplayOrder, type OrderClock } from "@appenv/runtime/replay";
import { loadTaskEnvironment, startWorker, type Worker } from "@appenv/runtime/worker";
import { errorDocument } from "../bootstrap/error-document.ts";
import { limitMessage, writtenMessage } from "../bootstrap/run-task.ts";
import type { Storage } from "../storage/storage.ts";
import { ActionTraces } from "./action-trace.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { ActionGateway } from "./gateway.ts";
import type { TaskArguments } from "./task-arguments.ts";
import { beginInTime, type TimeLimits } from "./time-limits.ts";

/** Parts of an attempt in a container. */
export interface AttemptParts {
  readonly args: TaskArguments;
  readonly storage: Storage;
  readonly checkpoints: Checkpoints;
  readonly gateway: ActionGateway;
  /** Imports the code that exports the environment. */
  readonly load: () => Promise<ModuleExports>;
}

/** Time that an aborted attempt has to end by itself, in milliseconds: Kubernetes kills the pod after 30 s. */
const graceMs = 20_000;

const orderClock: OrderClock = {
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

const noLimits: TimeLimits = { maxRuntimeMs: undefined, deadline: undefined };

/** The attempt is the only one of its worker. */
const attemptId = 1;

/** Runs the attempt of a task's container, and writes its outcome. Resolves when that is in the storage. @throws StorageError. */
export async function runAttempt(parts: AttemptParts): Promise<void> {
  const { args, storage, checkpoints, load } = parts;
  const { tasks } = await loadTaskEnvironment(load, args.environment, `The code of '${args.environment}'`);
  const settings = tasks.get(args.task)?.settings;
  const limits = settings === undefined ? noLimits : await beginInTime(settings, args.attempt, checkpoints);
  const requests = new Requests(parts);
  const stored = await storage.get(args.inputs);
  if (stored === undefined) throw new AppEnvError("NOT_FOUND", `The inputs ${args.inputs} are not there.`);
  const inputs = fillRunTime(stored, args.runStartTime);
  const worker = await startWorker(
    { send: async (message) => requests.take(message) },
    {
      worker: `${args.run}-${args.action}-${args.attempt}`,
      launch: { file: "", environment: args.environment },
      workdir: process.cwd(),
      env: {},
      objects: join(tmpdir(), "appenv-objects"),
      project: args.project,
      domain: args.domain,
    },
    load,
  );
  requests.worker = worker;
  process.on("SIGTERM", () => {
    const message = "The run was aborted, or its pod is being deleted.";
    worker.handle({ type: "cancel", attempt: attemptId, reason: "aborted", message, graceMs });
  });
  const { run, action, task, attempt } = args;
  const { deadline, maxRuntimeMs } = limits;
  const trace = await new ActionTraces(storage, args).own(process.env);
  const given = { inputs, labels: {}, envVars: {}, deadline, ...(trace && { trace }) };
  const start = { id: attemptId, run, action, task, attempt, ...given };
  worker.handle({ type: "attempts", attempts: [start] });
  if (maxRuntimeMs !== undefined) limitRuntime(worker, maxRuntimeMs);
  limitProcess(limits);
  // Code may wait for something that holds no process up, such as its signal.
  const held = setInterval(() => {}, 2 ** 30);
  await write(await requests.result, parts);
  await flushSpans();
  clearInterval(held);
}

/** Cancels the attempt when its time is over. */
function limitRuntime(worker: Worker, ms: number): void {
  const message = `The attempt ran longer than ${ms / 1_000} s.`;
  const cancel = (): void =>
    worker.handle({ type: "cancel", attempt: attemptId, reason: "timed-out", message, graceMs });
  setTimeout(cancel, ms).unref();
}

/** Tells the process above the time after which this one is ended: code that computes lets no timer ring. */
function limitProcess({ maxRuntimeMs = Infinity, deadline = Infinity }: TimeLimits): void {
  const ms = Math.min(maxRuntimeMs, deadline - Date.now());
  if (Number.isFinite(ms)) process.send?.(`${limitMessage}${Math.max(ms, 0)}`);
}

/** Takes what the worker says: the platform's part on one machine. */
class Requests {
  readonly #parts: AttemptParts;
  #opened: Promise<ReplayOrder> | undefined;
  readonly #result: PromiseWithResolvers<AttemptResult> = Promise.withResolvers();
  /** Set once the worker has started: it asks for nothing before. */
  worker: Worker | undefined;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  /** Resolves with the attempt's result. Rejects when results can be recorded no more. */
  get result(): Promise<AttemptResult> {
    return this.#result.promise;
  }

  take(message: FromReplica): void {
    switch (message.type) {
      case "requests":
        for (const request of message.requests) void this.#serve(request);
        break;
      case "uncancelled":
        this.#answer(message.call, { type: "succeeded", outputs: new Uint8Array() });
        break;
      case "lines":
        for (const { stream, text } of message.lines) writeSync(stream === "stdout" ? 1 : 2, `${text}\n`);
        break;
      case "results":
        for (const result of message.results) this.#result.resolve(result);
        break;
      case "trace":
        void new ActionTraces(this.#parts.storage, this.#parts.args).putOwn(message.trace);
        break;
      case "failed":
        this.#result.reject(new AppEnvError("START_FAILED", message.message));
        break;
    }
  }

  async #serve(request: ActionRequest): Promise<void> {
    try {
      const order = await (this.#opened ??= this.#open());
      order.progress();
      const outcome = await this.#parts.gateway.serve(request);
      if (outcome.type === "missing") this.#answer(request.call, outcome);
      else order.give(request.name, () => void this.#give(request, outcome));
    } catch (error) {
      this.#result.reject(error);
    }
  }

  /** Finds out what attempts before have done. Tasks that call nothing do without. */
  async #open(): Promise<ReplayOrder> {
    const { checkpoints, gateway } = this.#parts;
    const [previousOrder] = await Promise.all([checkpoints.previousOrder(), gateway.open()]);
    return new ReplayOrder(previousOrder, defaultPatienceMs, orderClock);
  }

  /** Gives a result to the code once the next attempt would know that it was given here. */
  async #give({ name, call }: ActionRequest, outcome: ActionOutcome): Promise<void> {
    try {
      await this.#parts.checkpoints.recordGiven(name);
      this.#answer(call, outcome);
    } catch (error) {
      this.#result.reject(error);
    }
  }

  #answer(call: number, outcome: ActionOutcome): void {
    this.worker?.handle({ type: "outcomes", outcomes: [{ call, outcome }] });
  }
}

async function write({ outcome, report }: AttemptResult, { storage, args }: AttemptParts): Promise<void> {
  if (report !== undefined) await storage.put(`${args.outputs}/report.html`, Buffer.from(report));
  if (outcome.type === "succeeded") await storage.put(`${args.outputs}/outputs.pb`, outcome.outputs);
  else await storage.put(`${args.outputs}/error.pb`, errorDocument(failureOf(outcome.error)));
  process.send?.(writtenMessage);
}

/** `error.pb` of an error. */
export function failureOf({ code, message, stack, kind, retryable }: ActionError): Parameters<typeof errorDocument>[0] {
  return {
    code,
    message: stack === undefined ? message : `${message}\n${stack}`,
    recoverable: retryable,
    origin: kind,
  };
}
