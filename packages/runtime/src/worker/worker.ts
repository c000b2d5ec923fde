import { flushCompileCache } from "node:module";
import { AppEnvError, type TaskEnvironment } from "@appenv/core";
import { currentRunContext, flushSpans, isTraced } from "@appenv/core/internal";
import { setEnvVars } from "../replica/app/env-vars.ts";
import { report } from "../replica/app/report.ts";
import { checkSecrets } from "../replica/app/secrets.ts";
import { loadTaskEnvironment, type CodeSource } from "../load/load-environment.ts";
import type { Platform } from "../ipc/channel.ts";
import { reportLoad } from "../replica/load-reports.ts";
import { toActionError } from "./action-error.ts";
import { AttemptRunner, type AttemptHome } from "./attempt-runner.ts";
import { AttemptScope } from "./attempt-scope.ts";
import { captureOutput } from "./capture-output.ts";
import { KeptFiles } from "./kept-files.ts";
import type { AttemptStart, ToWorker, WorkerStart } from "../ipc/worker-messages.ts";
import { Batcher } from "./batcher.ts";
import { WorkerLoad } from "./worker-load.ts";

const loadIntervalMs = 250;
/** Time to send the spans of attempts that run again elsewhere, in milliseconds. */
const orphanFlushMs = 500;

/**
 * Makes this process a worker of one task environment. Says `working` when it takes attempts.
 *
 * @param source - Default: the file of the launch.
 * @throws AppEnvError LOAD_FAILED, NO_ENVIRONMENT, MISSING_SECRET, START_FAILED.
 */
export async function startWorker(
  platform: Pick<Platform, "send">,
  start: WorkerStart,
  source: CodeSource = start.launch.file,
): Promise<Worker> {
  process.title = `appenv-worker ${start.worker}`;
  Object.assign(process.env, start.env);
  process.chdir(start.workdir);
  const environment = await loadTaskEnvironment(
    source,
    start.launch.environment,
    `The code of '${start.launch.environment}'`,
  );
  setEnvVars(environment);
  checkSecrets(environment);
  captureOutput();
  // Each asynchronous function of a bundle has two frames.
  Error.stackTraceLimit *= 2;
  const worker = new Worker(platform, start, environment);
  process.on("unhandledRejection", (error) => worker.crash(error));
  // Code that ends the process may have said why just before.
  process.on("exit", () => void worker.batcher.flush());
  if (isTraced()) process.once("SIGTERM", () => void flushSpans().then(() => process.exit(143)));
  await platform.send({ type: "working" });
  reportLoad(worker.load, loadIntervalMs, platform);
  setTimeout(() => flushCompileCache(), 1_000).unref();
  return worker;
}

/** One worker from `working` to its end. */
export class Worker implements AttemptHome {
  readonly worker: WorkerStart;
  readonly readyAt: number = Date.now();
  readonly batcher: Batcher;
  readonly files: KeptFiles;
  readonly load: WorkerLoad = new WorkerLoad();
  readonly #platform: Pick<Platform, "send">;
  readonly #environment: TaskEnvironment;
  readonly #attempts: Map<number, AttemptRunner> = new Map();
  readonly #calls: Map<number, AttemptRunner> = new Map();
  #lastCall = 0;
  #isFinishing = false;

  constructor(platform: Pick<Platform, "send">, start: WorkerStart, environment: TaskEnvironment) {
    this.worker = start;
    this.#platform = platform;
    this.batcher = new Batcher((message) => platform.send(message));
    this.files = new KeptFiles(start.objects);
    this.#environment = environment;
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case "attempts":
        for (const start of message.attempts) void this.#run(start);
        break;
      case "outcomes":
        for (const { call, outcome } of message.outcomes) this.#calls.get(call)?.settle(call, outcome);
        for (const { call } of message.outcomes) this.#calls.delete(call);
        break;
      case "cancel":
        // Behind the outcomes that came before it, which are given one in each turn.
        setImmediate(() => this.#attempts.get(message.attempt)?.cancel(message.reason, message.message));
        break;
      case "finish":
        this.#isFinishing = true;
        this.#exitIfIdle();
        break;
    }
  }

  nextCall(attempt: AttemptRunner): number {
    const call = (this.#lastCall += 1);
    this.#calls.set(call, attempt);
    return call;
  }

  forgetCall(call: number): void {
    this.#calls.delete(call);
  }

  /**
   * Takes an error that nobody caught. If it comes from an attempt, that one fails; else the state of the process is
   * unknown, and it ends.
   */
  crash(error: unknown): void {
    const scope = currentRunContext();
    if (!(scope instanceof AttemptScope)) return void this.#die(error);
    if (scope.attempt.fail(error)) return;
    report(`uncaught error of '${scope.context.task}', after action ${scope.context.action} had ended`, error);
  }

  /** The platform is gone: what runs here will run again elsewhere, so it must not go on. */
  orphaned(): void {
    for (const attempt of this.#attempts.values()) attempt.cancel("aborted", "The platform has ended.");
    setImmediate(() => {
      if (isTraced()) void flushSpans(orphanFlushMs).then(() => process.exit(1));
      else process.exit(1);
    });
  }

  async #run(start: AttemptStart): Promise<void> {
    const task = this.#environment.tasks.get(start.task);
    if (task === undefined) return this.#refuse(start);
    const attempt = new AttemptRunner(start, task, this);
    this.#attempts.set(start.id, attempt);
    this.load.began();
    this.batcher.result(await attempt.run());
    this.load.ended();
    this.#attempts.delete(start.id);
    this.#exitIfIdle();
  }

  #refuse({ id, task }: AttemptStart): void {
    const { name, tasks } = this.#environment;
    const there = tasks.size === 0 ? "it has none" : `it has ${[...tasks.keys()].map((one) => `'${one}'`).join(", ")}`;
    const error = toActionError(new AppEnvError("NOT_FOUND", `'${name}' has no task '${task}': ${there}.`));
    this.batcher.result({
      attempt: id,
      outcome: { type: "failed", error: { ...error, kind: "SYSTEM", stack: undefined } },
      report: undefined,
      requested: undefined,
    });
  }

  #exitIfIdle(): void {
    if (!this.#isFinishing || this.#attempts.size > 0) return;
    void this.batcher
      .flush()
      .then(() => flushSpans())
      .then(() => process.exit(0));
  }

  async #die(error: unknown): Promise<void> {
    report("uncaught error", error);
    const { code, message, fix } = AppEnvError.from(error, "UNEXPECTED", "An error was not caught");
    await this.batcher.flush();
    await flushSpans();
    await this.#platform.send({ type: "failed", code, message, fix });
    process.exit(1);
  }
}
