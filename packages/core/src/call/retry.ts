/** Maximum attempts of a call. */
export const mostTries = 4;

const [firstPauseMs, longestPauseMs] = [100, 5_000];

/** Methods whose calls may be made twice (RFC 9110, section 9.2.2). */
const repeatable = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);

/** Codes of errors after which another attempt may succeed: nobody listened, or the connection broke. */
const passing = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** True if a call may be sent again: its method allows it, and its body is still there. */
export function mayRepeat(method: string, body: unknown): boolean {
  return repeatable.has(method) && isKept(body);
}

/** True if a body can be sent again: not a stream, nor a value that is read like one. */
export function isKept(body: unknown): boolean {
  return !(
    typeof body === "object" &&
    body !== null &&
    (body instanceof ReadableStream || Symbol.asyncIterator in body)
  );
}

/** The code of an error of `fetch`, for example `ECONNREFUSED`. */
export function systemCode(error: unknown): string | undefined {
  for (let current = error; typeof current === "object" && current !== null;) {
    const { code, cause, errors } = current as { code?: unknown; cause?: unknown; errors?: readonly unknown[] };
    if (typeof code === "string") return code;
    current = cause ?? errors?.[0];
  }
  return undefined;
}

/** True if another attempt may succeed after this failure. */
export function isPassing(error: unknown): boolean {
  return passing.has(systemCode(error) ?? "");
}

/** Wait before the next attempt; undefined: the answer is final. `tries`: attempts so far. */
export function pauseAfter(response: Response, tries: number): number | undefined {
  const { status, headers } = response;
  if (status === 502 || status === 504) return pauseMs(tries);
  const after = headers.get("retry-after");
  if (status !== 503 || after === null) return undefined;
  const ms = /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.now();
  return Number.isNaN(ms) ? pauseMs(tries) : Math.max(ms, pauseMs(tries));
}

/** Exponential backoff with jitter, so that callers do not come back together. */
export function pauseMs(tries: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
}
