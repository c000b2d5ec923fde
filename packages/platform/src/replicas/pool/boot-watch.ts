import { unexpected } from "@appenv/core/internal";
import { CrashBackoff } from "../crash-backoff.ts";
import { describeExit, type ReplicaProcess } from "../replica-process.ts";

const lastLines = 5;

/**
 * Watches processes until they are ready. When some end before, the next may be started later each time, and why is said
 * once, until one has become ready again.
 */
export class BootWatch {
  readonly #backoff = new CrashBackoff();
  readonly #again: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param again - Called when another process may be started, after `remind`. */
  constructor(again: () => void) {
    this.#again = again;
  }

  /** Milliseconds until the next process may be started; 0 if it is now. */
  get waitMs(): number {
    return this.#backoff.waitMs(performance.now());
  }

  /** Watches a process. One that this process ends itself does not count. */
  watch(process: ReplicaProcess): void {
    const lines: string[] = [];
    const onOutput = (_stream: string, written: readonly string[]): void => {
      lines.push(...written.slice(-lastLines));
      lines.splice(0, lines.length - lastLines);
    };
    const onExit = (): void => {
      if (!process.killed) this.#failed(process, lines);
    };
    const onMessage = (): void => {
      process.off("output", onOutput).off("exit", onExit).off("message", onMessage);
      this.#backoff.reset();
    };
    process.on("output", onOutput).on("exit", onExit).on("message", onMessage);
  }

  /** Has `again` called when another process may be started. */
  remind(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#again();
    }, this.waitMs).unref();
  }

  /** Stops the reminder. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #failed(process: ReplicaProcess, lines: readonly string[]): void {
    this.#backoff.crashed(performance.now(), 0, 1);
    if (this.#backoff.crashes > 1 || process.exited === undefined) return;
    const how = `It ${describeExit(process.exited)}.${lines.length === 0 ? "" : ` Its last output:\n${lines.join("\n")}`}`;
    unexpected("A process for apps and tasks ended before it was ready; others are tried, later each time", how);
  }
}
