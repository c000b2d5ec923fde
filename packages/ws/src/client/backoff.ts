/** The waits before connecting again. */
export interface Backoff {
  /** The longest wait after the first failure, in milliseconds. Default 500. */
  readonly firstMs?: number;
  /** The longest wait ever, in milliseconds. Default 15,000. */
  readonly mostMs?: number;
}

/** The wait before an attempt: any time up to a limit that doubles, so that clients do not come back all at once. */
export function backoffMs(failures: number, { firstMs = 500, mostMs = 15_000 }: Backoff = {}): number {
  return Math.random() * Math.min(mostMs, firstMs * 2 ** Math.min(failures, 20));
}

/** The wait that the reason of a 1012 asks for ("reconnect in 850ms"), in milliseconds; undefined if it asks for none. */
export function reconnectHintMs(code: number, reason: string): number | undefined {
  const found = code === 1012 ? /reconnect in (\d{1,6})ms/.exec(reason) : null;
  return found === null ? undefined : Number(found[1]);
}
