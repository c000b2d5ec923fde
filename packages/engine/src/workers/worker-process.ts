import { mebibytes } from "@appenv/core/internal";
import type { ActionError, FromReplica, ToWorker } from "@appenv/runtime";
import { lostError, startError } from "./errors.ts";
import { describeExit, LastOutput } from "./last-output.ts";
import { readMessage, type WorkerMessage } from "./read-message.ts";
import type { PreparedProcess, ProcessExit } from "./task-process.ts";
import type { WorkerTiming } from "./timing.ts";

/** The parts of a worker's process. */
export interface WorkerProcessOptions extends PreparedProcess {
  readonly timing: WorkerTiming;
}

/** The events of a process. */
export interface WorkerProcessListener {
  /** It can take attempts. */
  working(): void;
  message(message: WorkerMessage): void;
  /** Its event loop turns; comes every 250 ms while it has attempts. */
  alive(): void;
  /** Output that the runtime did not assign to an attempt. */
  output(stream: "stdout" | "stderr", lines: readonly string[]): void;
  gone(end: ProcessEnd): void;
}

/** The end of a process. */
export interface ProcessEnd {
  /** For its attempts. */
  readonly error: ActionError;
  /** `no`: it took attempts; `failed`: it said why it could not; `crashed`: it said nothing. */
  readonly atStart: "no" | "failed" | "crashed";
  /** The last lines of its stderr, without those of its attempts. */
  readonly lastLines: readonly string[];
}

/** The process of a worker: its start, its limits and its end. */
export class WorkerProcess {
  readonly #options: WorkerProcessOptions;
  readonly #listener: WorkerProcessListener;
  readonly #lastOutput = new LastOutput();
  #working = false;
  /** The runtime's words when it could not start. */
  #failure: ActionError | undefined;
  /** The reason of its end, if that is known before. */
  #reason: string | undefined;
  #terminating = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WorkerProcessOptions, listener: WorkerProcessListener) {
    this.#options = options;
    this.#listener = listener;
    const { process, start, timing } = options;
    process.on("message", (message) => this.#receive(message));
    process.on("output", (stream, lines) => {
      if (stream === "stderr") this.#lastOutput.add(lines, false);
      listener.output(stream, lines);
    });
    process.on("exit", (exit) => this.#gone(exit));
    options.watchMemory((used) => this.#overLimit(used, options.memoryLimit));
    this.send({ type: "work", start });
    this.#timer = setTimeout(() => this.#startTimedOut(), timing.startMs);
  }

  get pid(): number {
    return this.#options.process.pid;
  }

  /** Time of its last message, in milliseconds of `performance.now()`. */
  get lastSign(): number {
    return this.#options.process.lastSign;
  }

  get ended(): boolean {
    return this.#options.process.exited !== undefined;
  }

  send(message: ToWorker): void {
    this.#options.process.send(message);
  }

  /** Asks it to end: it has nothing to do. */
  finish(): void {
    if (this.#terminating) return;
    const { finishMs, termMs } = this.#options.timing;
    this.send({ type: "finish" });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.terminate(termMs), finishMs);
  }

  /** SIGTERM, and SIGKILL if that does not help within `termMs`. */
  terminate(termMs: number): void {
    const { process } = this.#options;
    this.#terminating = true;
    clearTimeout(this.#timer);
    process.kill("SIGTERM");
    this.#timer = setTimeout(() => process.kill(), termMs);
  }

  /** Resolves when it has ended. */
  async gone(): Promise<void> {
    if (!this.ended) await new Promise<void>((resolve) => this.#options.process.once("exit", () => resolve()));
  }

  #receive(received: FromReplica): void {
    const message = this.#read(received);
    if (message === undefined) return;
    if (message.type === "load") this.#report(message.load.rss);
    else if (message.type === "failed") this.#failed(message);
    else if (message.type === "working") this.#begin();
    else {
      if (message.type === "lines") this.#keepLast(message.lines);
      this.#listener.message(message);
    }
  }

  #keepLast(lines: Extract<WorkerMessage, { type: "lines" }>["lines"]): void {
    const errors = lines.filter(({ stream }) => stream === "stderr").map(({ text }) => text);
    if (errors.length > 0) this.#lastOutput.add(errors, true);
  }

  #read(received: FromReplica): WorkerMessage | undefined {
    try {
      return readMessage(received);
    } catch (error) {
      this.#kill(`was ended, since it sent ${(error as TypeError).message}`);
      return undefined;
    }
  }

  #begin(): void {
    // The timer of a process that is being ended must stay.
    if (this.#working || this.#terminating) return;
    this.#working = true;
    clearTimeout(this.#timer);
    this.#listener.working();
  }

  #failed(message: { readonly code: string; readonly message: string }): void {
    if (this.#working) this.#reason ??= `ended by an error that nobody caught: ${message.message}`;
    else this.#failure ??= startError(message);
  }

  #report(rss: number): void {
    const { memoryLimit } = this.#options;
    if (memoryLimit === undefined || rss <= memoryLimit) return this.#listener.alive();
    this.#overLimit(rss, memoryLimit);
  }

  #overLimit(used: number, limit = Infinity): void {
    if (used <= limit) return;
    this.#kill(`ran out of memory: it used ${mebibytes(used)} of its ${mebibytes(limit)} (resources.memory)`);
  }

  #startTimedOut(): void {
    const seconds = this.#options.timing.startMs / 1_000;
    const message = `The task's process had not loaded its environment after ${seconds} seconds.`;
    this.#failure ??= startError({ code: "START_TIMEOUT", message });
    this.#options.process.kill();
  }

  #kill(reason: string): void {
    this.#reason ??= reason;
    this.#options.process.kill();
  }

  #gone(exit: ProcessExit): void {
    clearTimeout(this.#timer);
    const full = this.#lastOutput.heapIsFull ? `ran out of memory: its JavaScript heap was full` : undefined;
    const { fault } = this.#options.process;
    const ended = fault === undefined ? undefined : `was ended, since ${fault}`;
    const how = this.#reason ?? ended ?? full ?? describeExit(exit);
    const message = `The task's process ${how}.${this.#lastOutput.shown()}`;
    const lost = lostError(message);
    const lastLines = this.#lastOutput.unassigned;
    if (this.#working) this.#listener.gone({ error: lost, atStart: "no", lastLines });
    else if (this.#failure !== undefined) this.#listener.gone({ error: this.#failure, atStart: "failed", lastLines });
    else this.#listener.gone({ error: { ...lost, code: "START_FAILED" }, atStart: "crashed", lastLines });
  }
}
