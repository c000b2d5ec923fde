import { open, mkdir, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { isDiskFull } from "@appenv-internal/state/disk-error";
import { encodeLine, type LogLine } from "../log-line.ts";

/** What the platform says of an attempt, the reason of its failure first of all, is kept beyond the limit: so much. */
const platformBytes = 256 * 1024;

/** A line that waits for the disk, and as it will stand there. */
interface PendingLine {
  readonly line: LogLine;
  readonly bytes: Buffer;
}

/** What waits in all logs together. */
export interface WaitingBytes {
  bytes: number;
}

/** The log of one attempt: what waits for the disk, and a file. Its caller makes one call to `flush` at a time. */
export class LogFile {
  readonly path: string;
  readonly #limit: number;
  readonly #waiting: WaitingBytes;
  #pending: PendingLine[] = [];
  #pendingBytes = 0;
  /** Whether the end of the file is known to be the end of a line. */
  #whole = false;
  #full = false;
  #dropped = 0;
  #droppedBytes = 0;
  #lost = 0;
  #lostReason = "";

  /** @param limit - In bytes; what goes beyond is dropped. */
  constructor(path: string, limit: number, waiting: WaitingBytes) {
    this.path = path;
    this.#limit = limit;
    this.#waiting = waiting;
  }

  /** Whether something waits for `flush`. */
  get dirty(): boolean {
    return this.#pending.length > 0;
  }

  /** Whether it could be forgotten, and opened anew for the next line. */
  get settled(): boolean {
    return this.#pending.length === 0 && this.#lost === 0 && this.#dropped === 0;
  }

  /** Puts a line in the queue. */
  add(line: LogLine): void {
    const bytes = Buffer.from(encodeLine(line));
    this.#pending.push({ line, bytes });
    this.#pendingBytes += bytes.length;
    this.#waiting.bytes += bytes.length;
  }

  /** Counts a line for which there is no room in the queue. */
  lose(lines: number, reason: string): void {
    this.#lost += lines;
    this.#lostReason = reason;
  }

  /** Forgets what waits. */
  discard(): void {
    this.#waiting.bytes -= this.#pendingBytes;
    [this.#pending, this.#pendingBytes] = [[], 0];
  }

  /** Says at the end how much was dropped. */
  finish(): void {
    if (this.#dropped === 0) return;
    this.#note(`${count(this.#dropped)} (${mebibytes(this.#droppedBytes)}) left out: the log was full`);
    [this.#dropped, this.#droppedBytes] = [0, 0];
  }

  /** Writes what is in the queue. Never rejects: what cannot be written is lost and counted. */
  async flush(): Promise<void> {
    const batch = this.#pending;
    if (batch.length === 0) return;
    const bytes = this.#pendingBytes;
    [this.#pending, this.#pendingBytes] = [[], 0];
    let handle: FileHandle | undefined;
    try {
      handle = await openForAppend(this.path);
      await this.#append(handle, batch);
    } catch (error) {
      const { code = "it cannot be written" } = error as NodeJS.ErrnoException;
      this.lose(batch.length, isDiskFull(error) ? "disk full" : code);
    } finally {
      await handle?.close().catch(() => {});
      this.#waiting.bytes -= bytes;
    }
  }

  async #append(handle: FileHandle, batch: readonly PendingLine[]): Promise<void> {
    const { size } = await handle.stat();
    const lost = this.#lost;
    const parts = this.#fit(batch, size);
    if (lost > 0) parts.unshift(noteBytes(`${count(lost)} lost: ${this.#lostReason}`));
    // A platform that was killed may have left an unfinished line.
    if (size > 0 && !this.#whole) parts.unshift(Buffer.from("\n"));
    try {
      await writeAll(handle, Buffer.concat(parts));
      this.#whole = true;
      this.#lost -= lost;
    } catch (error) {
      // The part that was written would spoil the next line.
      this.#whole = false;
      await handle.truncate(size).catch(() => {});
      throw error;
    }
  }

  /** What of a batch there is room for, with a word where the file is full. */
  #fit(batch: readonly PendingLine[], size: number): Buffer[] {
    const parts: Buffer[] = [];
    let total = size;
    for (const { line, bytes } of batch) {
      const limit = this.#limit + (line.stream === "platform" ? platformBytes : 0);
      if (total + bytes.length <= limit && (!this.#full || line.stream === "platform")) {
        parts.push(bytes);
        total += bytes.length;
        continue;
      }
      if (!this.#full) parts.push(noteBytes(`The log is full (${mebibytes(this.#limit)}): what follows is left out`));
      this.#full = true;
      this.#dropped += 1;
      this.#droppedBytes += bytes.length;
    }
    return parts;
  }

  #note(message: string): void {
    this.add({ timestamp: new Date(), stream: "platform", message });
  }
}

/** Only the owner may read what tasks write. */
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

function noteBytes(message: string): Buffer {
  return Buffer.from(encodeLine({ timestamp: new Date(), stream: "platform", message }));
}

function count(lines: number): string {
  return `${lines} line${lines === 1 ? "" : "s"}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
