import type { Sample } from "./autoscaler.ts";
import type { Count } from "../rollout/rollback-watch.ts";
import type { Replica } from "../../replicas/replica.ts";

/** Turns the reports of replicas, which count from their start, into samples of what happened since the last look. */
export class LoadMeter {
  #last = performance.now();
  #activeAt = performance.now();

  /** The time of the last request, in milliseconds of `performance.now()`. */
  get activeAt(): number {
    return this.#activeAt;
  }

  /** Counts as activity, for example when a replica has just become ready. */
  touch(): void {
    this.#activeAt = performance.now();
    this.#last = performance.now();
  }

  /** One sample over all replicas, with the connections that wait for one. */
  sample(replicas: Iterable<Replica>, waiting: number): Sample & Count {
    const at = performance.now();
    const ms = at - this.#last;
    this.#last = at;
    let busyMs = waiting * ms;
    let requests = 0;
    let failures = 0;
    let open = waiting;
    for (const replica of replicas) {
      const { load, counted } = replica;
      if (load === undefined) continue;
      busyMs += load.busyMs - (counted?.busyMs ?? 0);
      requests += load.requests - (counted?.requests ?? 0);
      failures += load.failures - (counted?.failures ?? 0);
      open += load.inFlight;
      replica.counted = load;
    }
    if (open > 0 || requests > 0 || busyMs > 0) this.#activeAt = at;
    return { at, ms, busyMs, requests, failures };
  }
}
