import { mebibytes } from "@appenv/core/internal";
import type { ActionError, AttemptResult } from "@appenv/runtime";
import type { WorkerSpec } from "../contracts/workers.ts";
import type { AttemptHandle, AttemptHolder } from "./attempt-handle.ts";
import type { ContainerProcess, ContainerProcesses } from "./container-process.ts";
import { lostError, startErrorOf } from "./errors.ts";
import { describeExit, LastOutput } from "./last-output.ts";
import type { ProcessExit } from "./task-process.ts";
import type { WorkerTiming } from "./timing.ts";

/** Parts of a worker. */
export interface ContainerWorkerOptions {
  readonly containers: ContainerProcesses;
  readonly timing: WorkerTiming;
  /** Called once, when nothing of it is left. */
  readonly onEnd: () => void;
}

/**
 * An attempt in a process of its own, from its start to its outcome. The program asks for other actions over the API, and
 * is told of their ends there, so answers are not passed on.
 */
export class ContainerWorker implements AttemptHolder {
  readonly #spec: WorkerSpec;
  readonly #attempt: AttemptHandle;
  readonly #options: ContainerWorkerOptions;
  readonly #lastOutput = new LastOutput();
  readonly #unneeded = new AbortController();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  #process: ContainerProcess | undefined;
  /** The reason of its end, if that is known before. */
  #reason: string | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(spec: WorkerSpec, attempt: AttemptHandle, options: ContainerWorkerOptions) {
    this.#spec = spec;
    this.#attempt = attempt;
    this.#options = options;
    attempt.holder = this;
  }

  /** Starts the process. Events of the attempt come after this has returned. */
  start(): void {
    void this.#start();
  }

  answer(): void {}

  hold(): void {}

  cancel(attempt: AttemptHandle): void {
    this.#unneeded.abort();
    if (this.#process === undefined) return attempt.endCancelled();
    this.#terminate(this.#process, this.#options.timing.containerGraceMs);
  }

  /** Gives up the attempt, and ends the process. Resolves when that has ended. */
  async close(error: ActionError): Promise<void> {
    this.#unneeded.abort();
    this.#attempt.ended({ type: "lost", alone: false, error });
    if (this.#process !== undefined) this.#terminate(this.#process, this.#options.timing.closeMs);
    await this.#ended.promise;
  }

  async #start(): Promise<void> {
    const attempt = this.#attempt;
    try {
      const process = await this.#options.containers.start({
        spec: this.#spec,
        attempt: attempt.given,
        say: (text) => attempt.line(Date.now(), "stderr", text),
        signal: this.#unneeded.signal,
      });
      this.#process = process;
      this.#watch(process);
      if (this.#unneeded.signal.aborted) return process.kill("SIGKILL");
      attempt.started({ name: `${this.#spec.definition.environment}-${process.pid}`, pid: process.pid });
    } catch (error) {
      attempt.ended({ type: "lost", alone: true, error: startErrorOf(error) });
      this.#end();
    }
  }

  #watch(process: ContainerProcess): void {
    process.on("output", (stream, lines) => {
      if (stream === "stderr") this.#lastOutput.add(lines, true);
      for (const text of lines) this.#attempt.line(Date.now(), stream, text);
    });
    process.on("exit", (exit) => void this.#gone(process, exit));
    process.watchMemory((used) => {
      const limit = mebibytes(process.memoryLimit ?? used);
      this.#reason ??= `ran out of memory: it used ${mebibytes(used)} of its ${limit} (resources.memory)`;
      process.kill("SIGKILL");
    });
  }

  #terminate(process: ContainerProcess, graceMs: number): void {
    clearTimeout(this.#killTimer);
    process.kill("SIGTERM");
    this.#killTimer = setTimeout(() => process.kill("SIGKILL"), graceMs);
  }

  async #gone(process: ContainerProcess, exit: ProcessExit): Promise<void> {
    clearTimeout(this.#killTimer);
    const attempt = this.#attempt;
    if (attempt.cancelled !== undefined) attempt.endCancelled();
    else if (exit.code === 0 && this.#reason === undefined) await this.#succeed(process);
    else attempt.ended({ type: "lost", alone: true, error: this.#exitError(exit) });
    this.#end();
  }

  async #succeed(process: ContainerProcess): Promise<void> {
    const { outcome, report } = await process.readResult();
    const result: AttemptResult = { attempt: this.#attempt.id, outcome, report, requested: undefined };
    this.#attempt.ended({ type: "result", result });
  }

  #exitError(exit: ProcessExit): ActionError {
    return lostError(`The task's process ${this.#reason ?? describeExit(exit)}.${this.#lastOutput.shown()}`);
  }

  #end(): void {
    this.#options.onEnd();
    this.#ended.resolve();
  }
}
