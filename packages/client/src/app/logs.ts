import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { LogLineOriginator, toIdentifier, type AppId, type LogLine, type TailLogsRequest } from "@appenv/protocol";
import type { Target } from "../target/connect.ts";

/** Which lines are read. */
export interface LogsOptions {
  /** Goes on with lines as they are written, across rollouts and restarts. Default false. */
  readonly follow?: boolean;
  /** Only this replica's. */
  readonly replica?: string;
  /** Of the lines that are there, only the last so many. Default: all the control plane gives. */
  readonly limit?: number;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/** One line a replica wrote. */
export interface LogEntry {
  /** When, if the control plane says. */
  readonly timestamp: Date | undefined;
  /** Which replica. */
  readonly replica: string;
  /** Without the line break. */
  readonly message: string;
  /** `app` for the app's own output, `platform` for what the platform says of the replica. */
  readonly stream: "app" | "platform";
}

const idleMs = 1_000;
const firstIdleMs = 5_000;
const pausesMs = [200, 500, 1_000, 2_000, 5_000];

/** An app's log. See `App.logs`. */
export async function* readLogs(target: Target, id: AppId, options: LogsOptions): AsyncGenerator<LogEntry> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const news = new NewLines();
  let held: LogEntry[] | undefined = options.follow !== true || options.limit !== undefined ? [] : undefined;
  try {
    for await (const item of streams(target, id, options, signal)) {
      if (item === "connected") news.reconnected();
      else if (item === "caught-up") {
        news.caughtUp();
        yield* lastOf(held ?? [], options.limit);
        held = undefined;
        if (options.follow !== true) return;
      } else {
        const fresh = item.filter((entry) => news.isNew(entry));
        if (held === undefined) yield* fresh.map(({ entry }) => entry);
        else held.push(...fresh.map(({ entry }) => entry));
      }
    }
  } finally {
    stop.abort();
  }
}

function lastOf(entries: readonly LogEntry[], limit: number | undefined): readonly LogEntry[] {
  return limit === undefined ? entries : entries.slice(Math.max(0, entries.length - limit));
}

type StreamItem = "connected" | "caught-up" | readonly TimedEntry[];

/** One stream of lines after the other, since a stream ends with the replicas it began with. */
async function* streams(
  target: Target,
  id: AppId,
  { follow = false, replica }: LogsOptions,
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  for (let failures = 0; !signal.aborted;) {
    try {
      yield "connected";
      for await (const item of markIdle(tail(target, id, replica, signal))) {
        failures = 0;
        yield item;
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      await checkFailure(error, target, id, failures);
    }
    yield "caught-up";
    if (!follow) return;
    await sleep(pausesMs[Math.min(failures, pausesMs.length - 1)], undefined, { signal }).catch(() => {});
  }
}

/** The open-source backend says NOT_FOUND while an app has no replica: only a missing app ends the reading. */
async function checkFailure(error: unknown, target: Target, id: AppId, failures: number): Promise<void> {
  if (AppEnvError.is(error, "NOT_FOUND")) {
    await target.apps.get({ identifier: { case: "appId", value: toIdentifier(id) } });
  } else if (!AppEnvError.is(error, "UNREACHABLE") || failures >= pausesMs.length) throw error;
}

async function* tail(
  target: Target,
  id: AppId,
  replica: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly TimedEntry[] | "caught-up"> {
  const appId = toIdentifier(id);
  const selector: TailLogsRequest["target"] =
    replica === undefined
      ? { case: "appId", value: appId }
      : { case: "replicaId", value: { $typeName: "flyteidl2.app.ReplicaIdentifier", appId, name: replica } };
  for await (const { resp } of target.logs.tailLogs({ target: selector }, { signal })) {
    if (resp.case !== "batches") continue;
    // The embedded platform sends an empty batch after the lines that were there already.
    if (resp.value.logs.length === 0) yield "caught-up";
    for (const { structuredLines, lines, replicaId } of resp.value.logs) {
      const name = replicaId?.name ?? "";
      yield structuredLines.length > 0
        ? structuredLines.map((line) => toEntry(line, name))
        : lines.map((message) => plainEntry(message, name));
    }
  }
}

/** Other control planes do not say when the lines that were there are all sent: a pause tells. */
async function* markIdle(items: AsyncGenerator<readonly TimedEntry[] | "caught-up">): AsyncGenerator<StreamItem> {
  let limitMs: number | undefined = firstIdleMs;
  for (let next = items.next(); ;) {
    const result: IteratorResult<readonly TimedEntry[] | "caught-up"> | "idle" =
      limitMs === undefined ? await next : await within(next, limitMs);
    if (result === "idle") {
      limitMs = undefined;
      yield "caught-up";
      continue;
    }
    if (result.done === true) return;
    limitMs = result.value === "caught-up" || limitMs === undefined ? undefined : idleMs;
    next = items.next();
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

interface TimedEntry {
  readonly entry: LogEntry;
  /** Nanoseconds since 1970; 0n if the control plane does not say. */
  readonly time: bigint;
}

function toEntry({ timestamp, message, originator }: LogLine, replica: string): TimedEntry {
  const time = timestamp === undefined ? 0n : timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos);
  const date = timestamp === undefined ? undefined : new Date(Number(time / 1_000_000n));
  const stream = originator === LogLineOriginator.SYSTEM ? "platform" : "app";
  return { time, entry: { timestamp: date, replica, message, stream } };
}

function plainEntry(message: string, replica: string): TimedEntry {
  return { time: 0n, entry: { timestamp: undefined, replica, message, stream: "app" } };
}

interface Newest {
  /** The newest time read. */
  readonly time: bigint;
  /** How often each line was read at that time. */
  readonly counts: Map<string, number>;
  /** The same, counted anew since a stream was opened again. */
  again: Map<string, number>;
}

/** Tells lines that were read before from new ones, while a new stream repeats old lines. */
class NewLines {
  readonly #byReplica = new Map<string, Newest>();
  #repeating = false;

  reconnected(): void {
    this.#repeating = true;
    for (const newest of this.#byReplica.values()) newest.again = new Map();
  }

  caughtUp(): void {
    this.#repeating = false;
  }

  isNew({ entry: { replica, message }, time }: TimedEntry): boolean {
    const newest = this.#byReplica.get(replica);
    if (newest === undefined || time > newest.time) {
      this.#byReplica.set(replica, { time, counts: new Map([[message, 1]]), again: new Map([[message, 1]]) });
      return true;
    }
    if (time < newest.time) return !this.#repeating;
    const count = (newest.counts.get(message) ?? 0) + 1;
    const again = (newest.again.get(message) ?? 0) + 1;
    newest.again.set(message, again);
    if (this.#repeating && again < count) return false;
    newest.counts.set(message, count);
    return true;
  }
}
