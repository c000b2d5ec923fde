import type { IncomingMessage, ServerResponse } from "node:http";
import type { Run } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";
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

/** Something must come before proxies take the connection for dead. */
const beatMs = 15_000;

/** Sends each change of a run as a server-sent event `phase`; the last one has the output, or the error. */
export async function streamRun(run: Run, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  // The stream may be ended by a drain; the client comes back and reads the phase then.
  response.on("error", () => {});
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
  });
  response.flushHeaders();
  const beat = setInterval(() => write(response, ":\n\n"), beatMs);
  try {
    for await (const _ of run.watch({ signal: gone.signal })) {
      write(response, `event: phase\ndata: ${JSON.stringify(await shownRun(run))}\n\n`);
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    clearInterval(beat);
  }
  if (!response.writableEnded) response.end();
}

function write(response: ServerResponse, text: string): void {
  if (response.writable) response.write(text);
}
