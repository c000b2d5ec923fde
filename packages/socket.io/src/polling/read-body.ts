import type { IncomingMessage } from "node:http";

/** The whole body of a request, or undefined if it is larger than allowed; the rest is dropped then. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= mostBytes ? Buffer.concat(chunks) : undefined;
}
