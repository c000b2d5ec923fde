import { readFlag, readText } from "../../environment/environment.ts";
import { invalidOption } from "../../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";
import { durationMs, type Duration } from "../../values/duration.ts";
import { readCount } from "./read-count.ts";
import { readCache, type CachePolicy } from "./read-cache.ts";
import type { TaskInterface } from "../schema/value-type.ts";
import { readRecurrence } from "./read-recurrence.ts";
import { readNotify } from "../notify/read-rules.ts";
import { readPriority, readQueue } from "./read-queue.ts";
import type { RetryOptions, Schema, TaskOptions, TaskSettings, TaskTimeoutOptions } from "./task-options.ts";

type Options = TaskOptions<Schema | undefined, Schema | undefined>;

/** 10 MiB, as Flyte has it. */
const defaultInlineBytes = 10 * 2 ** 20;
/** Maximum bytes of one message. */
const mostInlineBytes = 1024 * 2 ** 20;

const names: OptionNames<Options> = {
  name: true,
  input: true,
  output: true,
  description: true,
  shortName: true,
  retries: true,
  timeout: true,
  cache: true,
  triggers: true,
  report: true,
  maxInlineBytes: true,
  isolated: true,
  concurrency: true,
  queue: true,
  priority: true,
  debounce: true,
  throttle: true,
  retention: true,
  notify: true,
  interruptible: true,
};
const retryNames: OptionNames<RetryOptions> = { count: true, backoff: true };
const backoffNames: OptionNames<RetryOptions["backoff"] & {}> = { base: true, factor: true, cap: true };
const timeoutNames: OptionNames<TaskTimeoutOptions> = { maxRuntime: true, maxQueuedTime: true, deadline: true };

/** Defaults that the environment sets for its tasks. */
export interface TaskDefaults {
  readonly cache: CachePolicy;
  readonly interruptible: boolean;
}

/** Checks the options of a task. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function readSettings(
  options: Options,
  defaults: TaskDefaults,
  implementation: Function,
  taken: TaskInterface,
): TaskSettings {
  const where = `task '${options.name}'`;
  const of = (option: string): string => `${option} of ${where}`;
  checkOptions(options, where, names);
  const queue = readQueue(options.queue, of("queue"), taken);
  const priority = readPriority(options.priority, of("priority"));
  const notify = readNotify(options.notify, of("notify"));
  const shortName = readText(of("shortName"), options.shortName);
  if (shortName !== undefined && (shortName === "" || shortName.length > 63)) {
    throw invalidOption(of("shortName"), shortName, "a text of at most 63 characters");
  }
  return Object.freeze({
    description: readText(of("description"), options.description),
    shortName,
    ...readRetries(options.retries, of),
    ...readTimeout(options.timeout, of),
    cache: readCache(options.cache, of("cache"), defaults.cache, implementation),
    report: readFlag(of("report"), options.report, false),
    maxInlineBytes:
      readCount(options.maxInlineBytes, of("maxInlineBytes"), { least: 1, most: mostInlineBytes }) ??
      defaultInlineBytes,
    isolated: readFlag(of("isolated"), options.isolated, false),
    concurrency: readCount(options.concurrency, of("concurrency"), { least: 1 }),
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
    ...readRecurrence(options, of, taken),
    ...(options.retention === undefined ? {} : { retentionMs: durationMs(options.retention, of("retention")) }),
    ...(notify === undefined ? {} : { notify }),
    interruptible: readFlag(of("interruptible"), options.interruptible, defaults.interruptible),
  });
}

function readRetries(
  value: number | RetryOptions = 0,
  of: (option: string) => string,
): Pick<TaskSettings, "retries" | "backoff"> {
  if (typeof value !== "object") {
    return { retries: readCount(value, of("retries"), { least: 0, most: 1_000 }) ?? 0, backoff: undefined };
  }
  if (value === null || Array.isArray(value)) throw invalidOption(of("retries"), value, "a whole number or an object");
  checkOptions(value, of("retries"), retryNames);
  const count = readCount(value.count, of("retries.count"), { least: 0, most: 1_000 });
  if (count === undefined) throw invalidOption(of("retries.count"), count, "a whole number, 0 or more");
  return { retries: count, backoff: readBackoff(value.backoff, of) };
}

function readBackoff(value: RetryOptions["backoff"], of: (option: string) => string): TaskSettings["backoff"] {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) throw invalidOption(of("retries.backoff"), value, "an object");
  checkOptions(value, of("retries.backoff"), backoffNames);
  const { base, factor = 1, cap } = value;
  const baseMs = durationMs(base, of("retries.backoff.base"));
  if (typeof factor !== "number" || !Number.isFinite(factor) || factor < 1) {
    throw invalidOption(of("retries.backoff.factor"), factor, "a number, 1 or more");
  }
  if (cap === undefined && factor > 1)
    throw invalidOption(of("retries.backoff.cap"), cap, "given with a factor above 1");
  const capMs = cap === undefined ? baseMs : durationMs(cap, of("retries.backoff.cap"));
  if (capMs < baseMs) throw invalidOption(of("retries.backoff.cap"), cap, "at least as long as `base`");
  return { baseMs, factor, capMs };
}

function readTimeout(
  value: Duration | TaskTimeoutOptions | undefined,
  of: (option: string) => string,
): Pick<TaskSettings, "maxRuntimeMs" | "maxQueuedMs" | "deadlineMs"> {
  const options = typeof value === "object" && value !== null ? value : undefined;
  if (options === undefined) {
    const maxRuntimeMs = value === undefined ? undefined : readLimit(value as Duration, of("timeout"));
    return { maxRuntimeMs, maxQueuedMs: undefined, deadlineMs: undefined };
  }
  checkOptions(options, of("timeout"), timeoutNames);
  const { maxRuntime, maxQueuedTime, deadline } = options;
  return {
    maxRuntimeMs: readLimit(maxRuntime, of("timeout.maxRuntime")),
    maxQueuedMs: readLimit(maxQueuedTime, of("timeout.maxQueuedTime")),
    deadlineMs: readLimit(deadline, of("timeout.deadline")),
  };
}

/** 0 stands for no limit, as in Flyte. */
function readLimit(value: Duration | undefined, option: string): number | undefined {
  return value === undefined ? undefined : durationMs(value, option) || undefined;
}
