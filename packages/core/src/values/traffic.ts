import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "./duration.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** The way to recognise a client, so that it stays with its revision: by a cookie, by a header that it sends, or not at all. */
export type Sticky = "cookie" | "none" | { readonly header: string };

/** Rules by which a new revision is rolled back. */
export interface RollbackOptions {
  /** The fraction of its requests that may fail, from 0 to 1. A status of 500 or above is a failure, and so is a crash. */
  readonly errorRate: number;
  /** Minimum requests in the window for a decision. Default 20. */
  readonly minRequests?: number;
  /** Window of the requests that count. Default 60 seconds. */
  readonly window?: Duration;
  /** Time for which a revision that has all requests is judged; beside another one it always is. Default 10 minutes. */
  readonly watch?: Duration;
}

/** The traffic of a new revision. On the platform of this machine only. */
export interface TrafficOptions {
  /**
   * The weight of a new revision beside the one that serves: its requests of 100. Default 100: it takes over. With 0 it is
   * reached at its own endpoint only.
   */
  readonly latest?: number;
  /** The way a client stays with a revision while several serve. Default `"cookie"`. */
  readonly sticky?: Sticky;
  /** Rules by which the previous revision comes back. Default: never. */
  readonly rollback?: RollbackOptions;
}

/** Checked options. Source of the terms: Knative's traffic splitting. */
export interface Traffic {
  /** A weight, 0 to 100. */
  readonly latest: number;
  readonly sticky: Sticky;
  /** Undefined: never. */
  readonly rollback: RollbackRules | undefined;
}

/** Rules by which a new revision is rolled back. */
export interface RollbackRules {
  /** From 0 to 1. */
  readonly errorRate: number;
  readonly minRequests: number;
  readonly windowMs: number;
  readonly watchMs: number;
}

const names: OptionNames<TrafficOptions> = { latest: true, sticky: true, rollback: true };
const rollbackNames: OptionNames<RollbackOptions> = { errorRate: true, minRequests: true, window: true, watch: true };

/** Checks the option `traffic` and fills in defaults. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function readTraffic(value: TrafficOptions = {}): Traffic {
  if (typeof value !== "object" || value === null)
    throw invalidOption("traffic", value, "an object such as { latest: 10 }");
  checkOptions(value, "traffic", names);
  const { latest = 100, sticky = "cookie", rollback } = value;
  if (!Number.isInteger(latest) || latest < 0 || latest > 100) {
    throw invalidOption("traffic.latest", latest, "a whole number of percent from 0 to 100");
  }
  return Object.freeze({ latest, sticky: readSticky(sticky), rollback: readRollback(rollback) });
}

function readSticky(value: Sticky): Sticky {
  if (value === "cookie" || value === "none") return value;
  checkOptions(value, "traffic.sticky", { header: true });
  const header = typeof value === "object" && value !== null ? value.header : undefined;
  if (typeof header === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
    return Object.freeze({ header: header.toLowerCase() });
  }
  throw invalidOption("traffic.sticky", value, '"cookie", "none" or { header: NAME }');
}

function readRollback(value: RollbackOptions | undefined): RollbackRules | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) throw invalidOption("traffic.rollback", value, "an object");
  checkOptions(value, "traffic.rollback", rollbackNames);
  const { errorRate, minRequests = 20, window = 60, watch = 600 } = value;
  if (typeof errorRate !== "number" || !(errorRate >= 0 && errorRate < 1)) {
    throw invalidOption("traffic.rollback.errorRate", errorRate, "a share of at least 0 and below 1, such as 0.05");
  }
  if (!Number.isInteger(minRequests) || minRequests < 1) {
    throw invalidOption("traffic.rollback.minRequests", minRequests, "a whole number of at least 1");
  }
  const windowMs = durationMs(window, "traffic.rollback.window");
  if (windowMs < 1_000) throw invalidOption("traffic.rollback.window", window, "at least 1 second");
  return Object.freeze({ errorRate, minRequests, windowMs, watchMs: durationMs(watch, "traffic.rollback.watch") });
}
