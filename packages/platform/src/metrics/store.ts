import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { unexpected } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import { isDiskFull } from "@appenv-internal/state/disk-error";
import { isBroken, openMetricsDatabase, removeMetricsDatabase } from "./database.ts";
import { chunkSteps, minute, second } from "./series.ts";
import { MetricsTables, type ChunkSpan, type SeriesChunks, type StoredChunk } from "./tables.ts";

/** Time that metrics are kept by the second, in seconds. */
export const secondsKept = 3_600;
/** Time that they are kept by the minute, in seconds. */
const minutesKept = 7 * 24 * 3_600;
/** The largest the file may become, in bytes. */
const mostBytes = 256 * 1024 * 1024;
/** Maximum number of times that a tenth of what is kept is deleted to write a batch. */
const mostTries = 10;

/**
 * Metrics on disk, in a file of their own. It is opened when there is something to write or to read. It never throws: nobody
 * who serves must notice that metrics cannot be stored. The first failure in a row of writes, or of reads, is reported.
 */
export class MetricsStore {
  readonly #file: string;
  readonly #limit: number;
  #database: DatabaseSync | undefined;
  #tables: MetricsTables | undefined;
  /** Kinds of access that fail now. */
  readonly #failing: Set<string> = new Set();
  #sweptAt = 0;

  /** @param limit - The largest the file may become, in bytes. Default: 256 MiB. */
  constructor(file: string, limit: number = mostBytes) {
    this.#file = file;
    this.#limit = limit;
  }

  /** Writes chunks, and deletes those that are too old. @param now - In seconds since 1970. */
  write(written: readonly SeriesChunks[], now: number): void {
    this.#try("stored", (tables) => {
      const oldest = {
        [second]: oldestStart(now, second, secondsKept),
        [minute]: oldestStart(now, minute, minutesKept),
      };
      for (let tries = 0; !wrote(tables, written, oldest, tries); tries += 1) tables.deleteOldest();
      this.#sweep(tables, now);
    });
  }

  /** Chunks of an app, by replica and time. */
  read(app: AppId, span: ChunkSpan): readonly StoredChunk[] {
    return this.#isThere ? (this.#try("read", (tables) => tables.read(app, span)) ?? []) : [];
  }

  /** Deletes all of an app. */
  remove(app: AppId): void {
    if (this.#isThere) this.#try("deleted", (tables) => tables.deleteApp(app));
  }

  /** May be called twice; it is opened again when it is needed. */
  close(): void {
    if (this.#database?.isOpen === true) this.#database.close();
    this.#database = undefined;
    this.#tables = undefined;
  }

  get #isThere(): boolean {
    return this.#tables !== undefined || existsSync(this.#file);
  }

  /** Deletes series of replicas of which nothing is kept any more, now and then. */
  #sweep(tables: MetricsTables, now: number): void {
    if (now - this.#sweptAt < secondsKept) return;
    this.#sweptAt = now;
    tables.deleteEmptySeries();
  }

  #try<T>(done: string, action: (tables: MetricsTables) => T): T | undefined {
    try {
      this.#database ??= openMetricsDatabase(this.#file, this.#limit);
      const result = action((this.#tables ??= new MetricsTables(this.#database)));
      this.#failing.delete(done);
      return result;
    } catch (error) {
      if (!this.#failing.has(done)) unexpected(`Metrics could not be ${done} in ${this.#file}`, error);
      this.#failing.add(done);
      this.#recover(error);
      return undefined;
    }
  }

  /** Begins a new file with the next call, if this one is broken. */
  #recover(error: unknown): void {
    if (!isBroken(error)) return;
    try {
      this.close();
      removeMetricsDatabase(this.#file);
    } catch {
      // The next call fails too, or not.
    }
  }
}

/** Answers false if there is no room below the file's own limit: old chunks have to go. @throws what SQLite throws. */
function wrote(
  tables: MetricsTables,
  written: readonly SeriesChunks[],
  oldest: Readonly<Record<number, number>>,
  tries: number,
): boolean {
  try {
    tables.write(written, oldest);
    return true;
  } catch (error) {
    // On a full disk the old ones stay.
    if (isDiskFull(error) && tables.isAtLimit && tries < mostTries) return false;
    throw error;
  }
}

/** The begin of the oldest chunk with a step that is kept. */
function oldestStart(now: number, step: number, seconds: number): number {
  return now - seconds - chunkSteps * step;
}
