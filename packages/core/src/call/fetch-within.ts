/** Limits of an answer. */
export interface FetchLimits {
  /** The most bytes of its body, decompressed. Default 1 MiB. */
  readonly bytes?: number;
  /** Time limit for the whole request, in milliseconds. Default 10,000. */
  readonly ms?: number;
}

/**
 * `fetch` for answers that are read whole: within limits, and from no other address than the one that was asked (a
 * redirect is an error unless `init.redirect` says otherwise). The response that it gives has its body already.
 *
 * @throws Error that says which limit was passed; else what `fetch` throws.
 */
export async function fetchWithin(
  url: string | URL,
  init: RequestInit = {},
  limits: FetchLimits = {},
): Promise<Response> {
  const { bytes = 2 ** 20, ms = 10_000 } = limits;
  const limit = AbortSignal.timeout(ms);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  try {
    const response = await fetch(url, { redirect: "error", ...init, signal });
    const body = await readWithin(response, bytes, url);
    // Statuses such as 204 allow no body, not even an empty one.
    return new Response(body.byteLength === 0 ? null : body, response);
  } catch (error) {
    if (!limit.aborted) throw error;
    throw lateAnswer(shown(url), ms, error);
  }
}

/** The error of an answer that did not come in time, with the code that Node gives a connection that takes too long. */
export function lateAnswer(from: string, ms: number, cause: unknown): Error {
  return Object.assign(new Error(`${from} did not answer within ${ms / 1_000} s`, { cause }), { code: "ETIMEDOUT" });
}

async function readWithin(response: Response, bytes: number, url: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    // Leaving the loop cancels the rest of the body.
    if (length > bytes) throw new Error(`${shown(url)} answered with more than ${bytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Without a query, which may hold a signature. */
function shown(url: string | URL): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
