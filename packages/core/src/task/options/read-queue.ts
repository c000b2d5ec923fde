import { invalidOption } from "../../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";
import { durationMs } from "../../values/duration.ts";
import type { TaskInterface } from "../schema/value-type.ts";
import type { QueueOptions, QueueSettings, RateOptions, RateSettings } from "./queue-options.ts";
import { readKey } from "./read-key.ts";
import { readCount } from "./read-count.ts";

const queueNames: OptionNames<QueueOptions> = { name: true, concurrency: true, rate: true, key: true };
const rateNames: OptionNames<RateOptions> = { limit: true, per: true };

/** Maximum number of starts that a rate counts: each is remembered as long as it counts. */
const mostStarts = 10_000;
/** The longest span of a rate, in milliseconds: 7 days. */
const longestMs = 7 * 86_400_000;
/** The highest priority; the lowest is as far below 0. */
const mostPriority = 100;

/** Checks the queue of a task. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function readQueue(
  value: QueueOptions | undefined,
  option: string,
  taken: TaskInterface,
): QueueSettings | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) throw invalidOption(option, value, "an object");
  checkOptions(value, option, queueNames);
  const { name } = value;
  if (name !== undefined && (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,100}$/.test(name))) {
    throw invalidOption(`${option}.name`, name, "at most 100 letters, digits, `_`, `-` and `.`");
  }
  const concurrency = readCount(value.concurrency, `${option}.concurrency`, { least: 1 });
  const rate = readRate(value.rate, `${option}.rate`);
  return Object.freeze({
    ...(name === undefined ? {} : { name }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate }),
    key: readKey(value.key, `${option}.key`, taken),
  });
}

/** Checks a priority. @throws AppEnvError INVALID_OPTION. */
export function readPriority(value: number | undefined, option: string): number | undefined {
  return readCount(value, option, { least: -mostPriority, most: mostPriority });
}

function readRate(value: RateOptions | undefined, option: string): RateSettings | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) throw invalidOption(option, value, "an object");
  checkOptions(value, option, rateNames);
  const limit = readCount(value.limit, `${option}.limit`, { least: 1, most: mostStarts });
  if (limit === undefined) throw invalidOption(`${option}.limit`, limit, `a whole number, from 1 to ${mostStarts}`);
  const perMs = durationMs(value.per, `${option}.per`);
  if (perMs < 1 || perMs > longestMs) throw invalidOption(`${option}.per`, value.per, "from 1 ms to 7 days");
  return { limit, perMs };
}
