import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "./duration.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Time limits of requests. */
export interface TimeoutsOptions {
  /**
   * From the arrival of a request to the start of its response; after it the client gets 504.
   * A response that has started, such as an event stream, and an open socket are not cut.
   * 0 to 1 hour; default 300 seconds. On a cluster it is the time for the whole response.
   */
  readonly request?: Duration;
}

const names: OptionNames<TimeoutsOptions> = { request: true };

const hourMs = 3_600_000;

/** Checked timeouts. Source: Flyte's `Timeouts`. */
export class Timeouts {
  /** In milliseconds; undefined stands for the default of 300 seconds. */
  readonly requestMs: number | undefined;

  /** @throws AppEnvError INVALID_DURATION, or INVALID_OPTION above one hour. */
  constructor(options: TimeoutsOptions = {}) {
    checkOptions(options, "timeouts", names);
    const ms = options.request === undefined ? undefined : durationMs(options.request, "timeouts.request");
    if (ms !== undefined && ms > hourMs) throw invalidOption("timeouts.request", options.request, "at most 1 hour");
    this.requestMs = ms;
    Object.freeze(this);
  }

  /** Timeouts from either form of the option. */
  static from(value: TimeoutsOptions | Timeouts): Timeouts {
    if (value instanceof Timeouts) return value;
    if (typeof value !== "object" || value === null)
      throw invalidOption("timeouts", value, 'an object such as { request: "30s" }');
    return new Timeouts(value);
  }
}
