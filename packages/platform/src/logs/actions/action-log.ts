import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { attemptFile, attemptsAmong } from "../log-paths.ts";
import { isolated } from "@appenv/core/internal";
import { LogFile, type WaitingBytes } from "../log-file.ts";

const reading = "A reader of an action's log failed";

/** A reader of the lines on disk, who hears of it when there are more. */
export interface LogReader {
  /** More lines of this attempt are on disk. */
  more(attempt: number): void;
  /** No more lines come. */
  end(): void;
}

/** The logs of one action: a file for each attempt that has written something. */
export class ActionLog {
  readonly #directory: string;
  readonly #action: string;
  readonly #limit: number;
  readonly #waiting: WaitingBytes;
  readonly #readers = new Set<LogReader>();
  #files = new Map<number, LogFile>();
  #work: Promise<void> = Promise.resolve();

  constructor(directory: string, action: string, limit: number, waiting: WaitingBytes) {
    this.#waiting = waiting;
    this.#directory = directory;
    this.#action = action;
    this.#limit = limit;
  }

  /** True if nothing would be lost when it is forgotten. */
  get settled(): boolean {
    return this.#readers.size === 0 && [...this.#files.values()].every((file) => file.settled);
  }

  /** The log of an attempt. */
  file(attempt: number): LogFile {
    const known = this.#files.get(attempt);
    if (known !== undefined) return known;
    const made = new LogFile(this.path(attempt), { fileBytes: this.#limit, whenFull: "close" }, this.#waiting);
    this.#files.set(attempt, made);
    return made;
  }

  /** The path of an attempt's log. */
  path(attempt: number): string {
    return join(this.#directory, attemptFile(this.#action, attempt));
  }

  /** Resolves when everything that was added before is on disk or lost. */
  flush(): Promise<void> {
    this.#work = this.#work.then(() => this.#flushNow());
    return this.#work;
  }

  /** The attempts that have a log on disk. */
  async attempts(): Promise<number[]> {
    return attemptsAmong(await readdir(this.#directory).catch(() => []), this.#action);
  }

  /** Tells a reader of every change, until `leave`. */
  join(reader: LogReader): void {
    this.#readers.add(reader);
  }

  leave(reader: LogReader): void {
    this.#readers.delete(reader);
  }

  /** Ends the log: says how much was left out, and ends its readers. Resolves when that is on disk. */
  end(): Promise<void> {
    this.#work = this.#work.then(() => this.#endNow());
    return this.#work;
  }

  /** Forgets the lines that wait for the disk. */
  discard(): void {
    for (const file of this.#files.values()) file.discard();
    this.#files = new Map();
    for (const reader of this.#readers) isolated(reading, () => reader.end());
  }

  async #endNow(): Promise<void> {
    await this.#flushNow();
    for (const file of this.#files.values()) file.finish();
    await this.#flushNow();
    for (const reader of this.#readers) isolated(reading, () => reader.end());
  }

  async #flushNow(): Promise<void> {
    for (const [attempt, file] of this.#files) {
      if (!file.dirty) continue;
      await file.flush();
      for (const reader of this.#readers) isolated(reading, () => reader.more(attempt));
    }
  }
}
