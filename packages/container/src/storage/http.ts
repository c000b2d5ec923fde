import { setTimeout as sleep } from "node:timers/promises";
import { StorageError } from "./storage.ts";

/** Number of attempts of one request. */
const attempts = 6;
/** Delay before the second attempt, in milliseconds; each further one is twice as long. */
const firstDelayMs = 100;
/** Time limit of one attempt, in milliseconds. */
const limitMs = 60_000;

/** Sends one attempt of a request. */
export type Send = (signal: AbortSignal) => Promise<Response>;

/**
 * Sends a request until it has an answer other than "later" (408, 429, 5xx), and reads that to its end: a body that is cut
 * counts as no answer.
 *
 * @param what - For messages: `GET s3://bucket/key`.
 * @returns undefined for 404. @throws StorageError.
 */
export async function request(what: string, send: Send): Promise<Uint8Array | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await sendOnce(what, send);
    if ("bytes" in answer) return answer.bytes;
    if (attempt === attempts || !answer.mayPass) throw new StorageError(answer.reason);
    await sleep(firstDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}

type Answer = { readonly bytes: Uint8Array | undefined } | { readonly reason: string; readonly mayPass: boolean };

async function sendOnce(what: string, send: Send): Promise<Answer> {
  try {
    const response = await send(AbortSignal.timeout(limitMs));
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return { bytes };
    if (response.status === 404) return { bytes: undefined };
    const mayPass = response.status === 408 || response.status === 429 || response.status >= 500;
    return { reason: `${what} was answered with HTTP ${response.status}${describe(bytes)}`, mayPass };
  } catch (error) {
    if (error instanceof StorageError) throw error;
    return { reason: `${what} failed: ${reasonOf(error)}`, mayPass: true };
  }
}

/** The code and message of an error that storages answer with as XML or JSON. */
function describe(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 2_000)).toString("utf8");
  const code = /<Code>([^<]*)<\/Code>|"code":\s*"?([^",]*)/.exec(text);
  const message = /<Message>([^<]*)<\/Message>|"message":\s*"([^"]*)"/.exec(text);
  const parts = [code?.[1] ?? code?.[2], message?.[1] ?? message?.[2]].filter(
    (part) => part !== undefined && part !== "",
  );
  return parts.length === 0 ? "" : ` (${parts.join(": ")})`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
