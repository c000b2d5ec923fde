import type { Replica } from "../../replicas/replica.ts";

/** The replicas that are to stop accepting for a while, and those that are to accept again. */
export interface Balance {
  readonly pause: readonly Replica[];
  readonly resume: readonly Replica[];
}

/**
 * Several processes that accept from one socket share it unevenly in a burst. A replica clearly above its share
 * pauses until it is back at it. At least one is at or below the average, so at least one always accepts.
 */
export function balance(ready: readonly Replica[]): Balance {
  const share = ready.reduce((sum, replica) => sum + open(replica), 0) / Math.max(1, ready.length);
  return {
    pause: ready.filter((replica) => replica.accepting && open(replica) > share * 1.2 + 1),
    resume: ready.filter((replica) => !replica.accepting && open(replica) <= share),
  };
}

/** The number of keep-alive connections a replica ends so that they spread over `after` replicas instead of `before`. */
export function surplusConnections(replica: Replica, before: number, after: number): number {
  return Math.floor((replica.load?.connections ?? 0) * (1 - before / after));
}

function open(replica: Replica): number {
  return replica.load?.inFlight ?? 0;
}
