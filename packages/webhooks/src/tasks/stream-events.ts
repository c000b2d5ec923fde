import type { Run } from "@appenv/client/tasks";
import { EventStream } from "@appenv-internal/http/event-stream";
import { endEvent, firstOffset, restartEvent, valueEvent } from "@appenv-internal/http/run-stream-events";
import { ProblemError } from "../http/problem.ts";
import type { Call } from "../http/router.ts";

/** Answers with a stream of a run as server-sent events: each value has its offset as its id, so that browsers go on after it. */
export async function sendStream(run: Run, name: string, { request, response }: Call): Promise<undefined> {
  const from = firstOffset(request);
  if (from === undefined) throw new ProblemError(400, "INVALID_OPTION", "The offset is no number from 0.");
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  const entries = run.streamEvents(name, { from, signal: leaving.signal });
  const events = new EventStream(response);
  try {
    for await (const entry of entries) {
      if (entry.type === "value") await events.send(valueEvent(entry.offset, JSON.stringify(entry.value), entry));
      else if (entry.type === "restart") await events.send(restartEvent(entry.offset, entry));
      else await events.send(endEvent(entry.reason));
    }
  } catch (error) {
    if (!events.gone.aborted) throw error;
  }
  events.end();
  return undefined;
}
