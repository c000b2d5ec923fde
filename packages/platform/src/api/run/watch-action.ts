import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { WatchClusterEventsResponseSchema } from "@appenv/protocol/tasks";
import { errorText } from "./details.ts";
import type { ActionId } from "@appenv/protocol";
import type { ActionEvent, ActionRecord } from "@appenv/engine";
import { Following } from "./following.ts";
import { isTerminal } from "./phases.ts";
import type { RunReader } from "./run-reader.ts";
import { throwIfClosing } from "../rpc/errors.ts";

/** An action as it is, then each time it changes, until it has ended or `signal` is aborted. @throws AppEnvError NOT_FOUND. */
export async function* watchAction(
  reader: RunReader,
  id: ActionId,
  signal: AbortSignal,
): AsyncGenerator<ActionRecord, void> {
  const following = new Following<ActionEvent>(
    (heard) => reader.feed.ofRun(id, (event) => event.id.action === id.action && heard("", event)),
    signal,
  );
  try {
    let current = reader.action(id);
    yield current;
    while (!isTerminal(current.phase)) {
      const heard = await following.take();
      if (heard === undefined) return throwIfClosing(signal);
      const latest = heard === "missed" ? reader.action(id) : heard[0]?.action;
      if (latest === undefined || latest.revision <= current.revision) continue;
      current = latest;
      yield current;
    }
  } finally {
    following.close();
  }
}

interface Event {
  readonly at: Date;
  readonly message: string;
}

/** The events of an attempt (0: of all), each once, until the action has ended. @throws AppEnvError NOT_FOUND. */
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
