import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import type { LineSource, TimedLine } from "./line.ts";

/** Options of reading a log. */
export interface ReadingOptions {
  /** Goes on with lines as they are written. Default false. */
  readonly follow?: boolean;
  /** Maximum number of lines that are there already, the last ones. Default: all that the control plane has. */
  readonly limit?: number;
  /** Stops reading. */
  readonly signal?: AbortSignal;
}

/** Pauses before a stream that failed is opened again; after more failures than these the source decides. */
export const pausesMs: readonly number[] = [200, 500, 1_000, 2_000, 5_000];

/** Reads each line once, the oldest first, though streams break and repeat earlier lines. */
export async function* readLines<Entry>(source: LineSource<Entry>, options: ReadingOptions): AsyncGenerator<Entry> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const news = new NewLines();
  let held: Entry[] | undefined = options.follow !== true || options.limit !== undefined ? [] : undefined;
  try {
    for await (const item of streams(source, options.follow ?? false, signal)) {
      if (item === "connected") news.reconnected();
      else if (item === "caught-up") {
        news.caughtUp();
        yield* lastOf(held ?? [], options.limit);
        held = undefined;
        if (options.follow !== true) return;
      } else {
        const fresh = item.filter((line) => news.isNew(line)).map(({ entry }) => entry);
        if (held === undefined) yield* fresh;
        else held.push(...fresh);
      }
    }
  } finally {
    stop.abort();
  }
}

function lastOf<T>(entries: readonly T[], limit: number | undefined): readonly T[] {
  return limit === undefined ? entries : entries.slice(Math.max(0, entries.length - limit));
}

type StreamItem<Entry> = "connected" | "caught-up" | readonly TimedLine<Entry>[];

/** Opens one stream after the other, since a stream ends with its writers. */
async function* streams<Entry>(
  source: LineSource<Entry>,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<StreamItem<Entry>> {
  let broken = 0;
  for (let failures = 0; !signal.aborted;) {
    let hasEnded = false;
    try {
      yield "connected";
      for await (const item of markIdle(source.open(signal))) {
        failures = 0;
        yield item;
      }
      hasEnded = true;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      await source.checkFailure(error, failures);
      // A part of the lines would look like all of them.
      if (!follow && AppEnvError.is(error, "UNREACHABLE")) {
        broken += 1;
        if (broken > mostBroken) throw error;
        await pause(broken, signal);
        continue;
      }
    }
    yield "caught-up";
    if (!follow || (hasEnded && (await source.isOver()))) return;
    await pause(failures, signal);
  }
}

/** Streams that break off before lines that are not followed are given up: each may have got a little further. */
const mostBroken = 2;

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  await sleep(pausesMs[Math.min(failures, pausesMs.length - 1)], undefined, { signal }).catch(() => {});
}

const idleMs = 1_000;
const firstIdleMs = 5_000;

/** Takes a pause for the end of the lines that were there already, since not every control plane marks it. */
export async function* markIdle<T>(items: AsyncIterable<T | "caught-up">): AsyncGenerator<T | "caught-up"> {
  const iterator = items[Symbol.asyncIterator]();
  let limitMs: number | undefined = firstIdleMs;
  for (let next = iterator.next(); ;) {
    const result: IteratorResult<T | "caught-up"> | "idle" =
      limitMs === undefined ? await next : await within(next, limitMs);
    if (result === "idle") {
      limitMs = undefined;
      yield "caught-up";
      continue;
    }
    if (result.done === true) return;
    limitMs = result.value === "caught-up" || limitMs === undefined ? undefined : idleMs;
    next = iterator.next();
    next.catch(() => {});
    yield result.value;
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | "idle"> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, "idle" as const, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

interface Newest {
  /** The newest time read. */
  readonly time: bigint;
  /** The number of times that each line was read with that time. */
  readonly counts: Map<string, number>;
  /** The same, counted anew since a stream was opened again. */
  again: Map<string, number>;
}

/** Tells lines that were read before from new ones, while a new stream repeats old lines. */
export class NewLines {
  readonly #bySource = new Map<string, Newest>();
  #repeating = false;

  reconnected(): void {
    this.#repeating = true;
    for (const newest of this.#bySource.values()) newest.again = new Map();
  }

  caughtUp(): void {
    this.#repeating = false;
  }

  isNew({ source, text, time }: TimedLine<unknown>): boolean {
    const newest = this.#bySource.get(source);
    if (newest === undefined || time > newest.time) {
      this.#bySource.set(source, { time, counts: new Map([[text, 1]]), again: new Map([[text, 1]]) });
      return true;
    }
    if (time < newest.time) return !this.#repeating;
    const count = (newest.counts.get(text) ?? 0) + 1;
    const again = (newest.again.get(text) ?? 0) + 1;
    newest.again.set(text, again);
    if (this.#repeating && again < count) return false;
    newest.counts.set(text, count);
    return true;
  }
}
