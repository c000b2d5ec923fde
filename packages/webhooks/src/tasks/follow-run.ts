import type { IncomingMessage, ServerResponse } from "node:http";
import type { Run } from "@appenv/client/tasks";
import { AppEnvError, type RunPhase } from "@appenv/core";
import type { ServerEvent } from "@appenv-internal/http/event-sink";
import { phaseEvent, progressEvent } from "@appenv-internal/http/run-events";
import type { Events } from "../http/router.ts";
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
 * Each change of a run as an event `phase`, the last one with the output or the error, and those of the progress and the
 * metadata of its actions as `progress`.
 */
export function runEvents(run: Run): Events {
  return (gone) => eventsOf(run, gone);
}

async function* eventsOf(run: Run, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  let last: RunPhase | undefined;
  for await (const { phase, changed } of run.watch({ progress: true, signal })) {
    for (const action of changed) yield progressEvent(action);
    // A run that is ahead of what was told is shown when that is told.
    if (phase !== last && phase === run.phase) yield phaseEvent(await shownRun(run));
    last = phase;
  }
}
