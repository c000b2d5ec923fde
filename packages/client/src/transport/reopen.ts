import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";

/** See `renewAfterMs` of `reopening`. */
const defaultRenewAfterMs = 30_000;
const pauseMs = 500;

/**
 * Reads a stream, and opens it again when it ends or breaks, until the reader stops or `signal` ends it. Each stream
 * must begin with the present state.
 *
 * @param relocate - Called before a broken stream is opened again.
 * @param renewAfterMs - Time after which a new stream is opened, since a server may drop events of a slow one, in
 * milliseconds. Default 30 seconds.
 * @throws AppEnvError answers that do not pass, such as NOT_FOUND and UNSUPPORTED.
 */
export async function* reopening<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  relocate: () => Promise<void>,
  signal: AbortSignal,
  renewAfterMs: number = defaultRenewAfterMs,
): AsyncGenerator<T> {
  while (!signal.aborted) {
    const ending = AbortSignal.any([signal, AbortSignal.timeout(renewAfterMs)]);
    try {
      yield* open(ending);
    } catch (error) {
      if (signal.aborted) return;
      if (!ending.aborted && !AppEnvError.is(error, "UNREACHABLE")) throw error;
    }
    if (ending.aborted) continue;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await relocate();
  }
}
