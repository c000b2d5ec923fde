import type { Duration } from "../../values/duration.ts";
import type { KeyPath, QueueKey } from "./queue-options.ts";

/** Many requests for runs in a short time become one run, of the last request. Trigger.dev and Inngest have the same. */
export interface DebounceOptions<Input = never> {
  /** Time without another request after which the run begins. */
  readonly delay: Duration;
  /** Maximum time from the first request to the begin. Default: ten times `delay`. */
  readonly max?: Duration;
  /** The part of the input that tells requests apart. Default: all of a task are alike. */
  readonly key?: QueueKey<Input>;
}

/** Requests for runs beyond a number in a span of time start none. Inngest's `rateLimit`. */
export interface ThrottleOptions<Input = never> {
  /** The span, at most 7 days. */
  readonly per: Duration;
  /** Default 1. */
  readonly limit?: number;
  /** The part of the input that tells requests apart. Default: all of a task are alike. */
  readonly key?: QueueKey<Input>;
}

/** Checked options of `debounce`. */
export interface DebounceSettings {
  readonly delayMs: number;
  readonly maxMs: number;
  readonly key: readonly KeyPath[];
}

/** Checked options of `throttle`. */
export interface ThrottleSettings {
  readonly perMs: number;
  readonly limit: number;
  readonly key: readonly KeyPath[];
}
