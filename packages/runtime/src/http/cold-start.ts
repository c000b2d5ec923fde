import type { Duplex } from "node:stream";
import { coldRequestSpan, isTraced, openSpan, type OpenSpan } from "@appenv/core/internal";

/** A wait for the replica, in milliseconds since 1970. */
interface Wait {
  readonly since: number;
  readonly until: number;
}

const waits = new WeakMap<Duplex, Wait>();

/** Notes that a connection waited until now. Its first request did too, if it has arrived by now. */
export function noteWait(connection: Duplex, since: number): void {
  if (!isTraced()) return;
  waits.set(connection, { since, until: Date.now() });
  // A request that is there already is read by the event loop between these two; one that comes later has not waited.
  setImmediate(() => setImmediate(() => waits.delete(connection)));
}

/** The wait of a request that has just been read; undefined: there was none. */
export function takeWait(connection: Duplex): Wait | undefined {
  const wait = waits.get(connection);
  waits.delete(connection);
  return wait;
}

/** Tells a wait below the span of its request. */
export function tellWait(app: string, { since, until }: Wait, request: OpenSpan): void {
  request.run(() => openSpan(() => coldRequestSpan(app, since))?.end(until));
}
