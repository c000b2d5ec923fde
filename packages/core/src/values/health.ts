import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "./duration.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** One thing an app needs to be able to answer. Throw, reject or resolve to false when it is not there. */
export type HealthCheck = (signal: AbortSignal) => unknown | Promise<unknown>;

/** How an app tells that it can answer. */
export interface HealthOptions {
  /** Where the platform and load balancers ask. Default `/health`. A route of the app at this path is asked instead. */
  readonly path?: string;
  /** By name, for example `{ database: () => pool.query("select 1") }`. */
  readonly checks?: Readonly<Record<string, HealthCheck>>;
  /** Whether an app that this one depends on and that cannot be reached makes this one unhealthy. Default true. */
  readonly dependencies?: boolean;
  /** How long one check may take before it counts as failed. Default 2 seconds. */
  readonly timeout?: Duration;
}

/** Checked health options. */
export interface Health {
  /** Starts with "/". */
  readonly path: string;
  /** By name. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Whether an app that this one depends on and that cannot be reached makes this one unhealthy. */
  readonly dependencies: boolean;
  /** In milliseconds. */
  readonly timeoutMs: number;
}

const names: OptionNames<HealthOptions> = { path: true, checks: true, dependencies: true, timeout: true };

/** Checks health options and fills in defaults. @throws AppEnvError INVALID_OPTION or INVALID_DURATION. */
export function readHealth(value: HealthOptions = {}): Health {
  if (typeof value !== "object" || value === null)
    throw invalidOption("health", value, 'an object such as { path: "/health" }');
  checkOptions(value, "health", names);
  const { path = "/health", checks = {}, dependencies = true, timeout = "2s" } = value;
  if (typeof path !== "string" || !/^\/[^?#\s]*$/.test(path)) {
    throw invalidOption("health.path", path, 'a path that starts with "/"');
  }
  if (typeof checks !== "object" || checks === null)
    throw invalidOption("health.checks", checks, "an object of functions");
  for (const [name, check] of Object.entries(checks)) {
    if (typeof check !== "function") throw invalidOption(`health.checks.${name}`, check, "a function");
  }
  if (typeof dependencies !== "boolean") throw invalidOption("health.dependencies", dependencies, "true or false");
  const timeoutMs = durationMs(timeout, "health.timeout");
  if (timeoutMs === 0) throw invalidOption("health.timeout", timeout, "more than 0");
  return Object.freeze({ path, checks: Object.freeze({ ...checks }), dependencies, timeoutMs });
}
