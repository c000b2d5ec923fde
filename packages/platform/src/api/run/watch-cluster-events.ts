import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ActionId } from "@appenv/protocol";
import type { WatchClusterEventsResponseSchema } from "@appenv/protocol/tasks";
import type { ActionRecord } from "@appenv/engine";
import { errorText } from "./details.ts";
import type { RunReader } from "./run-reader.ts";
import { watchAction } from "./watch-action.ts";

interface Event {
  readonly at: Date;
  readonly message: string;
}

/** What happened to an attempt (0: to each), each thing once, until the action has ended. @throws AppEnvError NOT_FOUND. */
export async function* watchClusterEvents(
  reader: RunReader,
  id: ActionId,
  attempt: number,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchClusterEventsResponseSchema>> {
  let told = 0;
  for await (const action of watchAction(reader, id, signal)) {
    const events = eventsOf(action, attempt);
    const clusterEvents = events.slice(told).map(({ at, message }) => ({ occurredAt: timestampFromDate(at), message }));
    told = events.length;
    if (clusterEvents.length > 0) yield { clusterEvents };
  }
}

/** In the order in which they happened, so that new ones come at the end. */
function eventsOf({ attempts }: ActionRecord, only: number): Event[] {
  return attempts
    .filter(({ attempt }) => only === 0 || attempt === only)
    .flatMap(({ attempt, phase, queuedAt, startedAt, endedAt, error }) => {
      const events: Event[] = [{ at: queuedAt, message: `Attempt ${attempt} is queued.` }];
      if (startedAt !== undefined) events.push({ at: startedAt, message: `Attempt ${attempt} runs.` });
      const why = error === undefined ? "" : `: ${errorText(error)}`;
      if (endedAt !== undefined) events.push({ at: endedAt, message: `Attempt ${attempt} ended ${phase}${why}` });
      return events;
    });
}
