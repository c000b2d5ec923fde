/** The load measured over one stretch of time. */
export interface Sample {
  /** End of the stretch, in milliseconds on any monotonic clock. */
  readonly at: number;
  /** Length of the stretch, in milliseconds. */
  readonly ms: number;
  /** Requests open times milliseconds, summed over the replicas. */
  readonly busyMs: number;
  /** Requests that arrived. */
  readonly requests: number;
}

/** The samples of a sliding window of time. */
export class SampleWindow {
  readonly #lengthMs: number;
  readonly #samples: Sample[] = [];

  /** @param lengthMs - How far back an average can reach, in milliseconds. */
  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  add(sample: Sample): void {
    this.#samples.push(sample);
    const oldest = sample.at - this.#lengthMs;
    while (this.#samples.length > 0 && (this.#samples[0]?.at ?? 0) <= oldest) this.#samples.shift();
  }

  /** Averages over the last `ms` milliseconds, or over what there is of them: requests open, and requests a second. */
  average(now: number, ms: number): { readonly concurrency: number; readonly requestRate: number } {
    let time = 0;
    let busy = 0;
    let requests = 0;
    for (const sample of this.#samples) {
      if (sample.at <= now - ms) continue;
      time += sample.ms;
      busy += sample.busyMs;
      requests += sample.requests;
    }
    if (time === 0) return { concurrency: 0, requestRate: 0 };
    return { concurrency: busy / time, requestRate: (requests * 1_000) / time };
  }

  clear(): void {
    this.#samples.length = 0;
  }
}
