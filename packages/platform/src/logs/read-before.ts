import { open, type FileHandle } from "node:fs/promises";
import { decodeLine, type LogLine } from "./log-line.ts";

/** A place in a log: the oldest line that is known. */
export interface LogPosition {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** The number of known lines of this millisecond. */
  readonly lines: number;
}

/** A line, and the number of lines of its millisecond from it on. */
export interface RankedLine {
  readonly line: LogLine;
  readonly rank: number;
}

/** Limits of a page. */
export interface PageLimits {
  readonly lines: number;
  /** Of the messages together; one line is given in any case. */
  readonly bytes: number;
}

const chunkBytes = 64 * 1024;
const lineBreak = 10;

/** Reads a log that never goes back in time, newest line first; a text that is looked for is a part of lines in small letters. */
export class BackwardReader {
  readonly found: RankedLine[] = [];
  /** True if there may be more. */
  isFull = false;
  readonly #before: LogPosition | undefined;
  readonly #limits: PageLimits;
  readonly #text: string;
  readonly #raw: string;
  #bytes = 0;
  #latest = { at: Number.NaN, rank: 0 };

  /** @param before - Lines from it on are left out. Undefined: none are. */
  constructor(before: LogPosition | undefined, limits: PageLimits, text: string) {
    this.#before = before;
    this.#limits = limits;
    this.#text = text.toLowerCase();
    // A file holds JSON: this much of it can be looked for before a line is read.
    this.#raw = JSON.stringify(this.#text).slice(1, -1);
  }

  /** Reads a file from its end until the page is full; none if there is no such file. */
  async read(file: string): Promise<void> {
    const handle = this.isFull ? undefined : await open(file, "r").catch(() => undefined);
    if (handle === undefined) return;
    try {
      await this.#readFrom(handle, await this.#endOf(handle));
    } finally {
      await handle.close();
    }
  }

  async #readFrom(handle: FileHandle, end: number): Promise<void> {
    let rest = Buffer.alloc(0);
    for (let position = end; position > 0 && !this.isFull;) {
      const length = Math.min(chunkBytes, position);
      position -= length;
      const bytes = Buffer.concat([await readAt(handle, position, length), rest]);
      const first = position === 0 ? 0 : bytes.indexOf(lineBreak) + 1;
      if (position > 0 && first === 0) rest = bytes;
      else rest = bytes.subarray(0, first);
      if (first > 0 || position === 0) this.#take(bytes.subarray(first).toString("utf8").split("\n"));
    }
  }

  #take(lines: readonly string[]): void {
    for (let index = lines.length - 1; index >= 0 && !this.isFull; index -= 1) {
      const json = lines[index] ?? "";
      const line = json === "" ? undefined : decodeLine(json);
      if (line !== undefined) this.#add(line, json);
    }
  }

  #add(line: LogLine, json: string): void {
    const at = line.timestamp.getTime();
    const rank = at === this.#latest.at ? this.#latest.rank + 1 : 1;
    this.#latest = { at, rank };
    const { at: known = Number.POSITIVE_INFINITY, lines = 0 } = this.#before ?? {};
    if (at > known || (at === known && rank <= lines)) return;
    if (this.#text !== "" && !this.#matches(line, json)) return;
    const isFirst = this.found.length === 0;
    this.#bytes += line.message.length;
    this.isFull = this.found.length >= this.#limits.lines || (!isFirst && this.#bytes > this.#limits.bytes);
    if (!this.isFull) this.found.push({ line, rank });
  }

  #matches({ message }: LogLine, json: string): boolean {
    return json.toLowerCase().includes(this.#raw) && message.toLowerCase().includes(this.#text);
  }

  /** The offset in a file behind which all lines are younger than the position. */
  async #endOf(handle: FileHandle): Promise<number> {
    const { size } = await handle.stat();
    if (this.#before === undefined) return size;
    let [low, high] = [0, size];
    while (high - low > chunkBytes) {
      const middle = Math.floor((low + high) / 2);
      const next = await lineFrom(handle, middle, size);
      if (next === undefined || next.at > this.#before.at) high = middle;
      else low = next.offset;
    }
    return wholeLine(handle, high, size);
  }
}

/** The first whole line after an offset; undefined if there is none. */
async function lineFrom(
  handle: FileHandle,
  from: number,
  size: number,
): Promise<{ readonly at: number; readonly offset: number } | undefined> {
  for (let length = chunkBytes; ; length *= 2) {
    const bytes = await readAt(handle, from, Math.min(length, size - from));
    const start = bytes.indexOf(lineBreak) + 1;
    const stop = start === 0 ? -1 : bytes.indexOf(lineBreak, start);
    if (stop > 0) {
      const line = decodeLine(bytes.subarray(start, stop).toString("utf8"));
      if (line !== undefined) return { at: line.timestamp.getTime(), offset: from + start };
    }
    if (length >= size - from) return undefined;
  }
}

/** The end of the line that an offset is in. */
async function wholeLine(handle: FileHandle, offset: number, size: number): Promise<number> {
  for (let position = offset; position < size; position += chunkBytes) {
    const found = (await readAt(handle, position, Math.min(chunkBytes, size - position))).indexOf(lineBreak);
    if (found >= 0) return position + found + 1;
  }
  return size;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
