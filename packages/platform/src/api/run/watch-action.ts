import type { ActionId } from "@appenv/protocol";
import type { ActionEvent, ActionRecord } from "@appenv/engine";
import { endOf } from "../app/watch.ts";
import { Following } from "./following.ts";
import { isTerminal } from "./phases.ts";
import type { RunReader } from "./run-reader.ts";

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
      if (heard === undefined) return endOf(signal);
      const latest = heard === "missed" ? reader.action(id) : heard[0]?.action;
      if (latest === undefined || latest.revision <= current.revision) continue;
      current = latest;
      yield current;
    }
  } finally {
    following.close();
  }
}
