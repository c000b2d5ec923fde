/** The output of wrk, parsed. */
export interface WrkResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Connections that failed or timed out, and answers other than 2xx and 3xx. */
  readonly failures: number;
}

/** Parses what wrk prints at its end. @throws Error for any other text. */
export function parseWrk(text: string): WrkResult {
  const rate = /^Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1];
  const requests = /^\s*(\d+) requests in /m.exec(text)?.[1];
  if (rate === undefined || requests === undefined) throw new Error(`wrk printed no rate:\n${text}`);
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const statuses = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? "0";
  const failures = [...sockets, statuses].reduce((sum, count) => sum + Number(count), 0);
  return { requests: Number(requests), requestsPerSecond: Number(rate), failures };
}
