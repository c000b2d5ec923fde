import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "./duration.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** The metric that the autoscaler holds per replica: requests open at once, or requests a second. A number of at least 1. */
export type ScalingMetric = { readonly concurrency: number } | { readonly requestRate: number };

/** Options of autoscaling. */
export interface ScalingOptions {
  /** A fixed number, or `[min, max]`. Default `[0, 1]`: none without traffic, then one. */
  readonly replicas?: number | readonly [min: number, max: number];
  /** Default: 100 requests open at once in each replica. Open sockets count as one request each. */
  readonly metric?: ScalingMetric;
  /** The window over which traffic is averaged, and so the time that an idle replica stays. 0 or unset: 60 seconds. */
  readonly scaledownAfter?: Duration;
}

const names: OptionNames<ScalingOptions> = { replicas: true, metric: true, scaledownAfter: true };

/** Checked scaling. Source: Flyte's `Scaling`; the metric is Knative's. */
export class Scaling {
  /** The smallest number of replicas; 0 lets the app scale to zero. */
  readonly min: number;
  /** The largest number of replicas. */
  readonly max: number;
  /** The metric and its target per replica, if one was chosen. */
  readonly metric: ScalingMetric | undefined;
  /** In milliseconds; undefined stands for the platform's default of 60 seconds. */
  readonly scaledownAfterMs: number | undefined;

  /** @throws AppEnvError INVALID_OPTION or INVALID_DURATION. */
  constructor(options: ScalingOptions = {}) {
    checkOptions(options, "scaling", names);
    [this.min, this.max] = readReplicas(options.replicas ?? [0, 1]);
    this.metric = readMetric(options.metric);
    const after = options.scaledownAfter;
    this.scaledownAfterMs = (after !== undefined && durationMs(after, "scaling.scaledownAfter")) || undefined;
    Object.freeze(this);
  }

  /** Scaling from either form of the option. */
  static from(value: ScalingOptions | Scaling): Scaling {
    if (value instanceof Scaling) return value;
    if (typeof value !== "object" || value === null)
      throw invalidOption("scaling", value, "an object such as { replicas: [0, 4] }");
    return new Scaling(value);
  }
}

function readReplicas(value: number | readonly [number, number]): [number, number] {
  if (typeof value === "number") {
    if (!isCount(value)) throw invalidOption("scaling.replicas", value, "a whole number of at least 0");
    return [value, value];
  }
  if (Array.isArray(value) && value.length === 2) {
    const [min, max] = value;
    if (isCount(min) && isCount(max) && max >= 1 && min <= max) return [min, max];
  }
  throw invalidOption("scaling.replicas", value, "a number, or [min, max] with 0 <= min <= max and max >= 1");
}

function readMetric(value: ScalingMetric | undefined): ScalingMetric | undefined {
  if (value === undefined) return undefined;
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const [name, target] = entries[0] ?? [];
  if (entries.length === 1 && (name === "concurrency" || name === "requestRate") && isCount(target) && target >= 1) {
    return Object.freeze({ ...value });
  }
  throw invalidOption("scaling.metric", value, "{ concurrency: N } or { requestRate: N } with a whole N of at least 1");
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
