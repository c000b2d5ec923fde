import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { isDiskFull } from "@appenv-internal/state/disk-error";
import { encodeLine, type LogLine } from "./log-line.ts";

/** Limits of a log, and the fate of lines beyond them. */
export interface LogFileLimits {
  /** In bytes on disk. */
  readonly fileBytes: number;
  /**
   * The behaviour at the limit. `rotate`: the file is put aside, in place of the one put aside before, and a new one begins.
   * `close`: further lines are left out, which a line says; lines of the platform, above all the reason of a failure, have
   * 256 KiB more.
   */
  readonly whenFull: "rotate" | "close";
}

const platformBytes = 256 * 1024;

/** The bytes that wait for the disk in several logs together. */
export interface WaitingBytes {
  bytes: number;
}

interface PendingLine {
  readonly line: LogLine;
  /** The line as it will stand in the file. */
  readonly text: string;
  readonly bytes: number;
}

/** The file that a rotating log puts aside. */
export function rotatedPath(path: string): string {
  return `${path}.1`;
}

/** A log: lines that wait for the disk, and a file. Its user makes one call to `flush` at a time. */
export class LogFile {
  readonly path: string;
  readonly #limits: LogFileLimits;
  readonly #waiting: WaitingBytes;
  #pending: PendingLine[] = [];
  #pendingBytes = 0;
  /** True if the end of the file is known to be the end of a line. */
  #whole = false;
  #closed = false;
  #leftOut = 0;
  #leftOutBytes = 0;
  #lost = 0;
  #lostReason = "";

  constructor(path: string, limits: LogFileLimits, waiting: WaitingBytes = { bytes: 0 }) {
    this.path = path;
    this.#limits = limits;
    this.#waiting = waiting;
  }

  /** True while lines wait for `flush`. */
  get dirty(): boolean {
    return this.#pending.length > 0;
  }

  /** True if nothing is lost when it is forgotten, and opened anew for the next line. */
  get settled(): boolean {
    return this.#pending.length === 0 && this.#lost === 0 && this.#leftOut === 0;
  }

  /** The lines that wait for the disk. */
  get pendingLines(): LogLine[] {
    return this.#pending.map(({ line }) => line);
  }

  /** Puts a line in the queue. */
  add(line: LogLine): void {
    const text = encodeLine(line);
    const bytes = Buffer.byteLength(text);
    this.#pending.push({ line, text, bytes });
    this.#pendingBytes += bytes;
    this.#waiting.bytes += bytes;
  }

  /** Loses the oldest lines of the queue until the rest has at most this many bytes. */
  dropOldest(maxBytes: number): void {
    let drop = 0;
    let dropped = 0;
    while (this.#pendingBytes - dropped > maxBytes && drop < this.#pending.length) {
      dropped += this.#pending[drop]?.bytes ?? 0;
      drop += 1;
    }
    if (drop === 0) return;
    this.#pending.splice(0, drop);
    this.#pendingBytes -= dropped;
    this.#waiting.bytes -= dropped;
    this.lose(drop, "the disk is too slow");
  }

  /** Counts lines that are not kept; the next line that can be written is preceded by their number. */
  lose(lines: number, reason: string): void {
    this.#lost += lines;
    this.#lostReason = reason;
  }

  /** Empties the queue. */
  discard(): void {
    this.#waiting.bytes -= this.#pendingBytes;
    [this.#pending, this.#pendingBytes] = [[], 0];
  }

  /** Queues a line that says how much was left out, if anything was. */
  finish(): void {
    if (this.#leftOut === 0) return;
    const message = `${count(this.#leftOut)} (${mebibytes(this.#leftOutBytes)}) left out: the log was full`;
    this.add({ timestamp: new Date(), stream: "platform", message });
    [this.#leftOut, this.#leftOutBytes] = [0, 0];
  }

  /** Writes what is in the queue. Never rejects: what cannot be written is lost and counted. */
  async flush(): Promise<void> {
    const [batch, bytes] = [this.#pending, this.#pendingBytes];
    if (batch.length === 0) return;
    [this.#pending, this.#pendingBytes] = [[], 0];
    let handle: FileHandle | undefined;
    try {
      handle = await openForAppend(this.path);
      let { size } = await handle.stat();
      if (this.#limits.whenFull === "rotate" && size > 0 && size + bytes > this.#limits.fileBytes) {
        await handle.close();
        await rename(this.path, rotatedPath(this.path));
        handle = await openForAppend(this.path);
        size = 0;
      }
      await this.#append(handle, size, batch);
    } catch (error) {
      const { code = "it cannot be written" } = error as NodeJS.ErrnoException;
      this.lose(batch.length, isDiskFull(error) ? "disk full" : code);
    } finally {
      await handle?.close().catch(() => {});
      this.#waiting.bytes -= bytes;
    }
  }

  async #append(handle: FileHandle, size: number, batch: readonly PendingLine[]): Promise<void> {
    const lost = this.#lost;
    const lines = this.#limits.whenFull === "close" ? this.#fit(batch, size) : batch.map(({ text }) => text);
    if (lost > 0) lines.unshift(note(`${count(lost)} lost: ${this.#lostReason}`, batch[0]?.line.timestamp));
    // A platform that was killed may have left an unfinished line.
    if (size > 0 && !this.#whole) lines.unshift("\n");
    try {
      await writeAll(handle, Buffer.from(lines.join("")));
      this.#whole = true;
      this.#lost -= lost;
    } catch (error) {
      // The part that was written would spoil the next line.
      this.#whole = false;
      await (size === 0 ? rm(this.path, { force: true }) : handle.truncate(size)).catch(() => {});
      throw error;
    }
  }

  /** The lines of a batch for which there is room, and one that says where the file is full. */
  #fit(batch: readonly PendingLine[], size: number): string[] {
    const lines: string[] = [];
    const { fileBytes } = this.#limits;
    let total = size;
    for (const { line, text, bytes } of batch) {
      const isPlatform = line.stream === "platform";
      if (total + bytes <= fileBytes + (isPlatform ? platformBytes : 0) && (!this.#closed || isPlatform)) {
        lines.push(text);
        total += bytes;
        continue;
      }
      if (!this.#closed) lines.push(note(`The log is full (${mebibytes(fileBytes)}): what follows is left out`));
      this.#closed = true;
      this.#leftOut += 1;
      this.#leftOutBytes += bytes;
    }
    return lines;
  }
}

/** Only the owner may read logs. */
async function openForAppend(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await open(path, "a", 0o600);
  }
}

/** A disk that becomes full takes a part, and refuses the rest. */
async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}

function note(message: string, timestamp: Date = new Date()): string {
  return encodeLine({ timestamp, stream: "platform", message });
}

function count(lines: number): string {
  return `${lines} line${lines === 1 ? "" : "s"}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
