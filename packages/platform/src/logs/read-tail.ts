import { open, type FileHandle } from "node:fs/promises";
import { decodeLine, type LogLine } from "./log-line.ts";

const chunkBytes = 64 * 1024;
const lineBreak = 10;

/** The last `limit` lines of a file, read from its end; none if there is no such file. */
export async function readTail(file: string, limit: number): Promise<LogLine[]> {
  const handle = await openIfThere(file);
  if (handle === undefined) return [];
  try {
    const bytes = await readLastBytes(handle, limit);
    const lines = bytes.toString("utf8").split("\n");
    return lines.flatMap((line) => decodeLine(line) ?? []).slice(-limit);
  } finally {
    await handle.close();
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, "r");
  } catch {
    return undefined;
  }
}

/** Chunks from the end until they hold `limit` whole lines; the first line of them may be a part. */
async function readLastBytes(handle: FileHandle, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let position = (await handle.stat()).size;
  let breaks = 0;
  while (position > 0 && breaks <= limit) {
    const length = Math.min(chunkBytes, position);
    position -= length;
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    const chunk = buffer.subarray(0, bytesRead);
    for (const byte of chunk) if (byte === lineBreak) breaks += 1;
    chunks.unshift(chunk);
  }
  return Buffer.concat(chunks);
}
