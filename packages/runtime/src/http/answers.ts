import type { ServerResponse } from "node:http";
import type { ReplicaLoad } from "../ipc/replica-messages.ts";
import { latencyBucketOf, latencyBuckets } from "../ipc/latency-buckets.ts";

/** Counts the answers of an ingress. An answer costs two increments and a logarithm. */
export class Answers {
  /** By the first digit of the status; at 0 those of which the client had not seen the begin when it left. */
  readonly #byClass: number[] = [0, 0, 0, 0, 0, 0];
  readonly #latency: number[] = Array.from({ length: latencyBuckets }, () => 0);
  #ms = 0;

  /** Counts the answer to a request that took `ms` milliseconds. */
  count(response: ServerResponse, ms: number): void {
    if (!response.headersSent) return this.#add(this.#byClass, 0);
    this.#add(this.#byClass, Math.min(Math.trunc(response.statusCode / 100), 5));
    this.#add(this.#latency, latencyBucketOf(ms));
    this.#ms += ms;
  }

  /** The counts as they are now. */
  counts(): Pick<ReplicaLoad, "responses" | "latency" | "answeredMs"> {
    return { responses: [...this.#byClass], latency: [...this.#latency], answeredMs: this.#ms };
  }

  #add(counts: number[], index: number): void {
    counts[index] = (counts[index] ?? 0) + 1;
  }
}
