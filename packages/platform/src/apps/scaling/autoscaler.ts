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

/** Options that decide the number of replicas. */
export interface AutoscalerOptions {
  readonly min: number;
  readonly max: number;
  /** Default: 100 requests open at once in each replica. */
  readonly metric?: { readonly concurrency: number } | { readonly requestRate: number };
  /** The stable window. Default 60 seconds. */
  readonly windowMs?: number;
}

// Knative's defaults. Source: its config-autoscaler.
const targetUtilization = 0.7;
const panicWindowShare = 0.1;
const panicThreshold = 2;
const maxScaleDownRate = 2;
const maxScaleUpRate = 1_000;
// Knative samples every second, so its panic window is at least that.
const shortestPanicWindowMs = 1_000;

/**
 * Knative's algorithm: the average load over a stable window decides, unless a short window shows at least twice
 * the load the replicas are meant for. In that panic the short window decides, and nothing is scaled down until
 * a stable window has passed without it.
 */
export class Autoscaler {
  readonly #options: AutoscalerOptions;
  readonly #windowMs: number;
  readonly #panicWindowMs: number;
  readonly #samples: SampleWindow;
  #panicUntil = 0;
  #panicReplicas = 0;
  /** The number of replicas that the load asked for last, whatever the bounds are. */
  wanted: number = 0;

  constructor(options: AutoscalerOptions) {
    this.#options = options;
    this.#windowMs = options.windowMs ?? 60_000;
    this.#panicWindowMs = Math.max(this.#windowMs * panicWindowShare, Math.min(shortestPanicWindowMs, this.#windowMs));
    this.#samples = new SampleWindow(this.#windowMs);
  }

  /** Takes one sample of all replicas together, connections that wait for one included. */
  record(sample: Sample): void {
    this.#samples.add(sample);
  }

  /** The number of replicas there should be. @param ready - The number that can answer now. */
  desired(now: number, ready: number): number {
    const { min, max } = this.#options;
    const current = Math.max(1, ready);
    const stable = this.#replicasFor(now, this.#windowMs);
    const panic = this.#replicasFor(now, this.#panicWindowMs);
    if (panic / current >= panicThreshold) this.#panicUntil = now + this.#windowMs;
    const bounded = clamp(stable, Math.floor(current / maxScaleDownRate), current * maxScaleUpRate);
    this.wanted = this.#withPanic(now, current, bounded, panic);
    return clamp(this.wanted, min, max);
  }

  /** Forgets the past, as after all replicas were stopped. */
  reset(): void {
    this.#samples.clear();
    this.#panicUntil = 0;
    this.#panicReplicas = 0;
    this.wanted = 0;
  }

  #withPanic(now: number, current: number, stable: number, panic: number): number {
    if (now >= this.#panicUntil) {
      this.#panicReplicas = 0;
      return stable;
    }
    this.#panicReplicas = Math.max(this.#panicReplicas, panic, current);
    return Math.max(stable, this.#panicReplicas);
  }

  #replicasFor(now: number, ms: number): number {
    const { metric = { concurrency: 100 } } = this.#options;
    const average = this.#samples.average(now, ms);
    const [load, target] =
      "concurrency" in metric ? [average.concurrency, metric.concurrency] : [average.requestRate, metric.requestRate];
    // A socket that is open keeps a replica also where requests a second are counted.
    const busy = average.concurrency > 0 || average.requestRate > 0;
    return Math.max(Math.ceil(load / (target * targetUtilization)), busy ? 1 : 0);
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** The samples of a sliding window of time. */
class SampleWindow {
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
