import { open } from "node:fs/promises";
import { decodeLine, type LogLine } from "../log-line.ts";

const chunkBytes = 256 * 1024;
const lineBreak = 10;

/** The lines of a part of a file, and where that part ends. */
export interface ReadLines {
  readonly lines: readonly LogLine[];
  readonly end: number;
}

/** The whole lines from an offset on, a chunk at most; none at the end of the file, or if there is no file. */
export async function readLines(file: string, offset: number): Promise<ReadLines> {
  for (let length = chunkBytes; ; length *= 2) {
    const bytes = await readBytes(file, offset, length);
    const last = bytes.lastIndexOf(lineBreak);
    if (last < 0 && bytes.length === length) continue;
    const text = bytes.subarray(0, last + 1).toString("utf8");
    const lines = text.split("\n").flatMap((line) => (line === "" ? [] : (decodeLine(line) ?? [])));
    return { lines, end: offset + last + 1 };
  }
}

async function readBytes(file: string, offset: number, length: number): Promise<Buffer> {
  // What was removed, or cannot be read, has no lines.
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  } finally {
    await handle.close().catch(() => {});
  }
}
