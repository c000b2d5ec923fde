import type { IncomingMessage, ServerResponse } from "node:http";
import type { Run } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";
import { EventStream } from "@appenv-internal/http/event-stream";
import { shownRun } from "./shown-run.ts";

/** Maximum wait in seconds: proxies give up idle connections after a minute. */
const mostSeconds = 55;

/** The seconds a client prefers to wait for the result: `Prefer: wait=10` (RFC 7240). 0 without it. */
export function secondsToWait({ headers }: IncomingMessage): number {
  const prefer = [headers["prefer"] ?? ""].flat().join(",");
  const found = /(?:^|,|;)\s*wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer);
  return Math.min(Number(found?.[1] ?? 0), mostSeconds);
}

/** Waits for the end of a run, at most these seconds, or until the client has gone. */
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

/**
 * Sends each change of a run as a server-sent event `phase`, the last one with the output or the error, and those of the
 * progress and the metadata of its actions as `progress`.
 */
export async function streamRun(run: Run, response: ServerResponse): Promise<void> {
  const events = new EventStream(response);
  const ended = new AbortController();
  const signal = AbortSignal.any([events.gone, ended.signal]);
  const progress = sendProgress(run, events, signal);
  try {
    for await (const _ of run.watch({ signal: events.gone })) {
      const shown = await shownRun(run);
      // The last words of its actions come before its end.
      if (shown.done) await progress;
      await events.send({ event: "phase", data: JSON.stringify(shown) });
    }
  } catch (error) {
    if (!events.gone.aborted) throw error;
  } finally {
    ended.abort();
    await progress;
  }
  events.end();
}

/** Never rejects: a run whose progress cannot be read is followed without. */
async function sendProgress(run: Run, events: EventStream, signal: AbortSignal): Promise<void> {
  try {
    for await (const actions of run.watchProgress({ signal })) {
      for (const action of actions) await events.send({ event: "progress", data: JSON.stringify(action) });
    }
  } catch {
    // A Flyte cluster tells none.
  }
}
