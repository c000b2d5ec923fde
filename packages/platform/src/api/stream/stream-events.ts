import type { ServerEvent } from "@appenv-internal/http/event-sink";
import { endEvent, restartEvent, valueEvent } from "@appenv-internal/http/run-events";
import type { StreamEntry, TaskEngine } from "@appenv/engine";
import type { RunId } from "@appenv/protocol";

/** The events of a stream of a run, from an offset on: the same as those of an app with `exposeRuns`. */
export async function* streamEvents(
  engine: Pick<TaskEngine, "readStream">,
  id: RunId,
  stream: string,
  { from, signal }: { readonly from: number; readonly signal: AbortSignal },
): AsyncGenerator<ServerEvent> {
  for await (const { entries, end } of engine.readStream(id, stream, { from, follow: true, signal })) {
    for (const entry of entries) yield* entryEvents(entry);
    if (end !== undefined) yield endEvent(end);
  }
}

function* entryEvents({ kind, offset, section, value }: StreamEntry): Generator<ServerEvent> {
  if (kind === "value") yield valueEvent(offset, value, section);
  if (kind === "restart") yield restartEvent(offset, { ...section, replaces: section.replaces ?? 0 });
}
