import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "./duration.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** A check of something that an app needs to be able to answer. It throws, rejects or resolves to false if that is missing. */
export type HealthCheck = (signal: AbortSignal) => unknown | Promise<unknown>;

/** Options of an app's health. */
export interface HealthOptions {
  /** The path that the platform and load balancers request. Default `/health`. A route of the app at this path answers instead. */
  readonly path?: string;
  /** Checks by name, for example `{ database: () => pool.query("select 1") }`. */
  readonly checks?: Readonly<Record<string, HealthCheck>>;
  /** Makes this app unhealthy while one that it depends on cannot be reached. Default true. */
  readonly dependencies?: boolean;
  /** Time limit of one check. Default 2 seconds. */
  readonly timeout?: Duration;
}

/** Checked health options. */
export interface Health {
  /** Starts with "/". */
  readonly path: string;
  /** By name. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** True if this app is unhealthy while one that it depends on cannot be reached. */
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
