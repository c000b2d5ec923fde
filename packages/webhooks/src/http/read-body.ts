import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/** What a body may be. */
export interface BodyLimits {
  readonly bytes: number;
  /** From the first look at it until its end. */
  readonly ms: number;
}

/** 1 MiB within ten seconds. */
export const bodyLimits: BodyLimits = { bytes: 2 ** 20, ms: 10_000 };

/** The body of a request as it was sent. @throws Problem 413, 408, or 400 if the sender gives up. */
export function readBody(request: IncomingMessage, limits: BodyLimits = bodyLimits): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  const fail = (problem: Problem): void => {
    request.off("data", take);
    // What still comes is dropped; the connection ends with the answer.
    request.resume();
    reject(problem);
  };
  const take = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > limits.bytes) fail(tooLarge(limits.bytes));
    else chunks.push(chunk);
  };
  const timer = setTimeout(() => fail(tooSlow(limits.ms)), limits.ms);
  request.on("data", take);
  request.once("end", () => resolve(Buffer.concat(chunks, length)));
  request.once("close", () => {
    if (!request.readableEnded) fail(new Problem(400, "BODY_INCOMPLETE", "The body ended early."));
  });
  return promise.finally(() => clearTimeout(timer));
}

const close = { Connection: "close" };

function tooLarge(bytes: number): Problem {
  return new Problem(413, "BODY_TOO_LARGE", `A body may have at most ${bytes} bytes here.`, { headers: close });
}

function tooSlow(ms: number): Problem {
  return new Problem(408, "BODY_TOO_SLOW", `The body did not arrive within ${ms / 1_000} s.`, { headers: close });
}
