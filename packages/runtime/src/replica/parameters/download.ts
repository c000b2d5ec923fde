import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** Maximum size and duration of a download. */
export interface DownloadLimits {
  readonly bytes: number;
  /** For all of it, in milliseconds. */
  readonly ms: number;
}

const defaultLimits: DownloadLimits = { bytes: 8 * 2 ** 30, ms: 15 * 60_000 };

/**
 * Fetches a file from an http or https URL. The file is there when it is whole, and not before.
 *
 * @throws Error, to be read after "The parameter NAME".
 */
export async function download(url: string, target: string, limits: DownloadLimits = defaultLimits): Promise<void> {
  const draft = `${target}.${randomUUID()}.part`;
  const signal = AbortSignal.timeout(limits.ms);
  try {
    const body = await open(url, limits, signal);
    await pipeline(
      body,
      (chunks: AsyncIterable<Uint8Array>) => upTo(limits.bytes, chunks),
      createWriteStream(draft, { flags: "wx", flush: true }),
      {
        signal,
      },
    );
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw new Error(`cannot be downloaded from ${shown(url)}: ${reasonOf(error, limits, signal)}`, { cause: error });
  }
}

async function open(url: string, limits: DownloadLimits, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const { href, headers } = withoutCredentials(url);
  const response = await fetch(href, { headers, signal });
  if (href.startsWith("https:") && !response.url.startsWith("https:")) {
    await response.body?.cancel();
    throw new Error("it is sent on to an address without TLS");
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the answer is ${response.status} ${response.statusText}`.trim());
  }
  if (Number(response.headers.get("content-length") ?? 0) > limits.bytes) {
    await response.body?.cancel();
    throw new Error(tooLarge(limits.bytes));
  }
  return (response.body ?? []) as AsyncIterable<Uint8Array>;
}

/** `fetch` takes no URL with a user and a password, and would show it in its error. */
function withoutCredentials(url: string): { readonly href: string; readonly headers: Record<string, string> } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  if (username === "" && password === "") return { href: url, headers: {} };
  parsed.username = "";
  parsed.password = "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { href: parsed.href, headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
}

async function* upTo(bytes: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const chunk of chunks) {
    sum += chunk.byteLength;
    if (sum > bytes) throw new Error(tooLarge(bytes));
    yield chunk;
  }
}

function tooLarge(bytes: number): string {
  return `it has more than ${bytes} bytes`;
}

function reasonOf(error: unknown, { ms }: DownloadLimits, signal: AbortSignal): string {
  if (signal.aborted) return `it takes longer than ${ms / 1_000} seconds`;
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}

/** Without what may be secret: a password, or the signature in a query. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
