import type { IncomingMessage, ServerResponse } from "node:http";
import type { Run } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";

/** However long somebody wants to wait, no longer than this: proxies give up idle connections after a minute. */
const mostSeconds = 55;

/** How many seconds a client prefers to wait for the result: `Prefer: wait=10` (RFC 7240). 0 without it. */
export function secondsToWait({ headers }: IncomingMessage): number {
  const prefer = [headers["prefer"] ?? ""].flat().join(",");
  const found = /(?:^|,|;)\s*wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer);
  return Math.min(Number(found?.[1] ?? 0), mostSeconds);
}

/** Waits for the end of a run, for so long, or until the client has gone. */
export async function waitShortly(run: Run, seconds: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once("close", leave);
  try {
    await run.wait({ timeout: seconds, signal: gone.signal, throws: false });
  } catch (error) {
    if (!gone.signal.aborted && !AppEnvError.is(error, "TIMED_OUT")) throw error;
  } finally {
    response.off("close", leave);
  }
}
