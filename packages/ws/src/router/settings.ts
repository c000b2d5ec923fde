import { type Duration } from "@appenv/core";
import { durationMs, invalidOption, checkOptions, type OptionNames } from "@appenv/core/internal";
import type { HeartbeatTimes } from "../connection/heartbeat.ts";
import type { RateTimes } from "../connection/rate-limit.ts";
import type { SlowConsumer } from "../connection/wire.ts";
import type { HeartbeatOptions, ConnectionOptions, RateLimitOptions } from "./route-options.ts";

/** Checked connection options. */
export interface Settings {
  readonly origins: "same" | "any" | ReadonlySet<string>;
  readonly heartbeat: HeartbeatTimes;
  readonly maxMessageBytes: number;
  readonly rateLimit: RateTimes | undefined;
  readonly highWaterMark: number;
  readonly slowConsumer: SlowConsumer;
  readonly onInvalid: "error-message" | "close";
  readonly keep: number;
}

const heartbeatNames: OptionNames<HeartbeatOptions> = { interval: true, timeout: true };
const rateNames: OptionNames<RateLimitOptions> = { messages: true, per: true };

/** Checks the options of a route, or of a router, and fills in defaults. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function readSettings(options: ConnectionOptions, where: string): Settings {
  checkOptions(options.heartbeat, `${where}: heartbeat`, heartbeatNames);
  const { heartbeat = {}, slowConsumer = "close", onInvalid = "error-message" } = options;
  return {
    origins: readOrigins(options.origins ?? "same", where),
    heartbeat: {
      intervalMs: durationMs(heartbeat.interval ?? "30s", `${where}: heartbeat.interval`),
      timeoutMs: readPositiveMs(heartbeat.timeout ?? "10s", `${where}: heartbeat.timeout`),
    },
    maxMessageBytes: readCount(options.maxMessageBytes ?? 2 ** 20, 1, `${where}: maxMessageBytes`),
    rateLimit: options.rateLimit === undefined ? undefined : readRate(options.rateLimit, where),
    highWaterMark: readCount(options.highWaterMark ?? 2 ** 18, 1, `${where}: highWaterMark`),
    slowConsumer: readChoice(slowConsumer, ["drop", "close", "coalesce"], `${where}: slowConsumer`),
    onInvalid: readChoice(onInvalid, ["error-message", "close"], `${where}: onInvalid`),
    keep: readCount(options.keep ?? 100, 0, `${where}: keep`),
  };
}

function readOrigins(value: NonNullable<ConnectionOptions["origins"]>, where: string): Settings["origins"] {
  if (value === "same" || value === "any") return value;
  if (Array.isArray(value) && value.every(isOrigin)) return new Set(value);
  throw invalidOption(`${where}: origins`, value, '"same", "any" or a list of origins such as "https://example.com"');
}

function isOrigin(item: unknown): boolean {
  return typeof item === "string" && URL.canParse(item) && new URL(item).origin === item;
}

function readRate(options: RateLimitOptions, where: string): RateTimes {
  checkOptions(options, `${where}: rateLimit`, rateNames);
  const { messages, per = "1s" } = options;
  return {
    messages: readCount(messages, 1, `${where}: rateLimit.messages`),
    perMs: readPositiveMs(per, `${where}: rateLimit.per`),
  };
}

function readPositiveMs(value: Duration, option: string): number {
  const ms = durationMs(value, option);
  if (ms === 0) throw invalidOption(option, value, "more than 0");
  return ms;
}

function readCount(value: number, least: number, option: string): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalidOption(option, value, `a whole number of at least ${least}`);
}

function readChoice<T extends string>(value: T, choices: readonly T[], option: string): T {
  if (choices.includes(value)) return value;
  throw invalidOption(option, value, `one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`);
}
