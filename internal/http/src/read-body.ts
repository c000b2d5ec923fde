import type { IncomingMessage } from "node:http";

/** The limits of a body. */
export interface BodyLimits {
  readonly bytes: number;
  /** Milliseconds from the first look at it until its end. Default: no limit. */
  readonly ms?: number;
}

/** A body as it was sent, or why there is none: the client gave up where it is incomplete. */
export type ReadBody =
  | { readonly body: Buffer; readonly failure?: undefined }
  | { readonly body?: undefined; readonly failure: "too-large" | "too-slow" | "incomplete" };

/** Reads the body of a request. After a failure the rest is dropped; the connection should end with the answer. */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<ReadBody> {
  const { promise, resolve } = Promise.withResolvers<ReadBody>();
  const chunks: Buffer[] = [];
  let length = 0;
  const fail = (failure: NonNullable<ReadBody["failure"]>): void => {
    request.off("data", take);
    request.resume();
    resolve({ failure });
  };
  const take = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > limits.bytes) fail("too-large");
    else chunks.push(chunk);
  };
  const timer = limits.ms === undefined ? undefined : setTimeout(() => fail("too-slow"), limits.ms);
  request.on("data", take);
  request.once("end", () => resolve({ body: Buffer.concat(chunks, length) }));
  request.once("close", () => {
    if (!request.readableEnded) fail("incomplete");
  });
  return promise.finally(() => clearTimeout(timer));
}
