import type { ServerResponse } from "node:http";
import type { Run } from "@appenv/client/tasks";
import { shownRun } from "./shown-run.ts";

/** Something must come before proxies take the connection for dead. */
const beatMs = 15_000;

/** Sends each change of a run as a server-sent event `phase`; the last one has the output, or the error. */
export async function streamRun(run: Run, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  // The stream may be ended by a drain; the client comes back and is told how the run stands then.
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
