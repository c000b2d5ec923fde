import { isolated } from "@appenv/core/internal";
import { readProcesses, type ProcessTable } from "./process-table.ts";

/** A process with a limit. */
interface Watched {
  readonly pid: number;
  /** In bytes. */
  readonly limit: number;
  readonly onOver: (used: number) => void;
}

/** Interval between two looks, in milliseconds. */
const lookMs = 1_000;
/** Looking may take this part of the time; with very many processes it is done more rarely. */
const mostOfTime = 0.01;

/**
 * Watches from outside how much memory processes use, those they have started included: also one that is too busy to
 * report it, or is no program of ours. Only while a process with a limit runs, and only where there is `/proc`.
 */
export class MemoryWatch {
  readonly #watched = new Set<Watched>();
  readonly #read: () => Pick<ProcessTable, "memoryOf"> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param read - Default: from `/proc`. */
  constructor(read: () => Pick<ProcessTable, "memoryOf"> | undefined = readProcesses) {
    this.#read = read;
  }

  /** Calls `onOver`, with the bytes in use, whenever a process is found above its limit, until the returned function is called. */
  add(pid: number, limit: number, onOver: (used: number) => void): () => void {
    const watched = { pid, limit, onOver };
    this.#watched.add(watched);
    this.#schedule(lookMs);
    return () => void this.#watched.delete(watched);
  }

  #schedule(ms: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#watched.size > 0) isolated("The memory of processes could not be looked at", () => this.#look());
    }, ms).unref();
  }

  #look(): void {
    const begun = performance.now();
    const table = this.#read();
    if (table === undefined) return;
    for (const { pid, limit, onOver } of this.#watched) {
      const used = table.memoryOf(pid);
      if (used > limit) isolated("A process could not be ended that uses too much memory", () => onOver(used));
    }
    this.#schedule(Math.max(lookMs, (performance.now() - begun) / mostOfTime));
  }
}
