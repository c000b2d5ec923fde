import { open, type FileHandle } from "node:fs/promises";
import { decodeLine, type LogLine } from "./log-line.ts";

const tailChunkBytes = 64 * 1024;
const chunkBytes = 256 * 1024;
const lineBreak = 10;

/** The last `limit` lines of a file, read from its end; none if there is no such file. */
export async function readLastLines(file: string, limit: number): Promise<LogLine[]> {
  const handle = await openIfReadable(file);
  if (handle === undefined) return [];
  try {
    return decodeLines(await readLastBytes(handle, limit)).slice(-limit);
  } finally {
    await handle.close();
  }
}

/** Chunks from the end until they hold `limit` whole lines; the first line of them may be a part. */
async function readLastBytes(handle: FileHandle, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let position = (await handle.stat()).size;
  let breaks = 0;
  while (position > 0 && breaks <= limit) {
    const length = Math.min(tailChunkBytes, position);
    position -= length;
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    const chunk = buffer.subarray(0, bytesRead);
    for (const byte of chunk) if (byte === lineBreak) breaks += 1;
    chunks.unshift(chunk);
  }
  return Buffer.concat(chunks);
}

/** The lines of a part of a file, and the offset at which that part ends. */
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
    return { lines: decodeLines(bytes.subarray(0, last + 1)), end: offset + last + 1 };
  }
}

async function readBytes(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await openIfReadable(file);
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

/** A file that was removed, or cannot be read, has no lines. */
function openIfReadable(file: string): Promise<FileHandle | undefined> {
  return open(file, "r").catch(() => undefined);
}

function decodeLines(bytes: Buffer): LogLine[] {
  const lines = bytes.toString("utf8").split("\n");
  return lines.flatMap((line) => (line === "" ? [] : (decodeLine(line) ?? [])));
}
