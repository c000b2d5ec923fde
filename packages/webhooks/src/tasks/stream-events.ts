import type { Run } from "@appenv/client/tasks";
import type { ServerEvent } from "@appenv-internal/http/event-sink";
import { endEvent, firstOffset, restartEvent, valueEvent } from "@appenv-internal/http/run-events";
import { ProblemError } from "../http/problem.ts";
import type { Asked, Events } from "../http/router.ts";

/** The events of a stream of a run: each value has its offset, after which a reader goes on. @throws ProblemError, AppEnvError UNSUPPORTED. */
export function streamEvents(run: Run, { request, params: { stream = "" } }: Asked): Events {
  const from = firstOffset(request);
  if (from === undefined) throw new ProblemError(400, "INVALID_OPTION", "The offset is no number from 0.");
  const leaving = new AbortController();
  // A control plane without streams is an answer, and no event.
  const entries = run.streamEvents(stream, { from, signal: leaving.signal });
  return (gone) => {
    gone.addEventListener("abort", () => leaving.abort());
    return eventsOf(entries);
  };
}

async function* eventsOf(entries: ReturnType<Run["streamEvents"]>): AsyncGenerator<ServerEvent> {
  for await (const entry of entries) {
    if (entry.type === "value") yield valueEvent(entry.offset, JSON.stringify(entry.value), entry);
    else if (entry.type === "restart") yield restartEvent(entry.offset, entry);
    else yield endEvent(entry.reason);
  }
}
