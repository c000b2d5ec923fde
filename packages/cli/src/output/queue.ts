import type { Queue } from "@appenv/client/tasks";
import { timeText } from "./run.ts";

/** A queue as JSON. */
export function queueJson(queue: Queue): Readonly<Record<string, unknown>> {
  const { name, tasks, concurrency, rate, key, waiting, running, oldestAt, paused } = queue;
  return {
    name,
    tasks,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate }),
    ...(key === "" ? {} : { key }),
    waiting,
    running,
    ...(oldestAt === undefined ? {} : { oldestAt: oldestAt.toISOString() }),
    ...(paused === undefined ? {} : { paused: { at: paused.at.toISOString(), by: paused.by } }),
  };
}

/** The limits of a queue in words. */
export function limitsText({ concurrency, rate, key }: Pick<Queue, "concurrency" | "rate" | "key">): string {
  const limits = [
    concurrency === undefined ? "" : `${concurrency} at once`,
    rate === undefined ? "" : `${rate.limit} in ${spanText(rate.perMs)}`,
  ].filter((part) => part !== "");
  return limits.length === 0 ? "" : `${limits.join(", ")}${key === "" ? "" : ` for each ${key}`}`;
}

/** The one who paused a queue, and since when; empty if it is not paused. */
export function pausedText({ paused }: Pick<Queue, "paused">): string {
  return paused === undefined ? "" : `by ${paused.by} since ${timeText(paused.at)}`;
}

const units: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
];

function spanText(ms: number): string {
  const [size, unit] = units.find(([each]) => ms % each === 0) ?? [1, "ms"];
  return `${ms / size}${unit}`;
}
