import { appendFile, mkdir, rename, rm, stat, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { isDiskFull } from "@appenv-internal/state/disk-error";
import { encodeLine, type LogLine } from "./log-line.ts";
import { replicaFiles } from "./log-paths.ts";
import { readTail } from "./read-tail.ts";

/** How much of a replica's output is kept, and how much of it may wait in memory for the disk. */
export interface ReplicaLogLimits {
  /** A file of this size, in bytes, is put aside for a new one; the one put aside before is deleted. */
  readonly fileBytes: number;
  /** In bytes; beyond it the oldest lines are lost. */
  readonly pendingBytes: number;
}

/** The output of one replica: lines that wait, and two files. Its caller makes one call at a time to `flush` and `read`. */
export class ReplicaLog {
  readonly #files: { current: string; previous: string };
  readonly #limits: ReplicaLogLimits;
  #pending: { line: LogLine; text: string }[] = [];
  #pendingBytes = 0;
  #size: number | undefined;
  #lost = 0;
  #lostReason = "";

  constructor(directory: string, replica: string, limits: ReplicaLogLimits) {
    this.#files = replicaFiles(directory, replica);
    this.#limits = limits;
  }

  /** Whether something waits for `flush`. */
  get dirty(): boolean {
    return this.#pending.length > 0;
  }

  /** Puts lines in the queue. */
  add(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const text = encodeLine(line);
      this.#pending.push({ line, text });
      this.#pendingBytes += text.length;
    }
    let drop = 0;
    while (this.#pendingBytes > this.#limits.pendingBytes && drop < this.#pending.length) {
      this.#pendingBytes -= this.#pending[drop]?.text.length ?? 0;
      drop += 1;
    }
    if (drop === 0) return;
    this.#pending.splice(0, drop);
    this.#lose(drop, "the disk is too slow");
  }

  /** Writes what is in the queue. Never rejects: what cannot be written is lost and counted. */
  async flush(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const [first] = batch;
    if (first === undefined) return;
    const lost = this.#lost;
    try {
      await this.#append(this.#lossNote(first.line.timestamp) + batch.map(({ text }) => text).join(""));
      this.#lost -= lost;
    } catch (error) {
      const { code = "it cannot be written" } = error as NodeJS.ErrnoException;
      this.#lose(batch.length, isDiskFull(error) ? "disk full" : code);
      await this.#cutBack();
    }
  }

  /** The last lines, those in the queue included. */
  async read(limit: number): Promise<LogLine[]> {
    const waiting = this.#pending.map(({ line }) => line);
    const current = await readTail(this.#files.current, limit);
    const missing = limit - current.length - waiting.length;
    const previous = missing > 0 ? await readTail(this.#files.previous, missing) : [];
    return [...previous, ...current, ...waiting].slice(-limit);
  }

  #lose(lines: number, reason: string): void {
    this.#lost += lines;
    this.#lostReason = reason;
  }

  #lossNote(timestamp: Date): string {
    if (this.#lost === 0) return "";
    const message = `${this.#lost} line${this.#lost === 1 ? "" : "s"} lost: ${this.#lostReason}`;
    return encodeLine({ timestamp, stream: "platform", message });
  }

  async #append(text: string): Promise<void> {
    const { current, previous } = this.#files;
    const first = this.#size === undefined;
    if (first) await mkdir(dirname(current), { recursive: true, mode: 0o700 });
    this.#size ??= await sizeOf(current);
    // A platform that was killed may have left an unfinished line.
    const bytes = Buffer.from(first && this.#size > 0 ? `\n${text}` : text);
    if (this.#size > 0 && this.#size + bytes.length > this.#limits.fileBytes) {
      await rename(current, previous);
      this.#size = 0;
    }
    await appendFile(current, bytes, { mode: 0o600 });
    this.#size += bytes.length;
  }

  /** Removes the part of a batch that a failed write left, which would spoil the next line. */
  async #cutBack(): Promise<void> {
    const size = this.#size;
    this.#size = undefined;
    if (size === undefined) return;
    const { current } = this.#files;
    await (size === 0 ? rm(current, { force: true }) : truncate(current, size)).catch(() => {});
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
