import { AppEnvError } from "@appenv/core";
import type { ActionRequest } from "@appenv/runtime";
import { answer } from "../calls/answers.ts";
import type { StreamRow } from "../store/stream-table.ts";
import type { EngineContext } from "../live/context.ts";
import type { ActionState, AttemptState, RunState } from "../live/state.ts";
import { checkValue, streamLimits } from "./limits.ts";
import type { StreamFeed } from "./stream-feed.ts";
import { StreamWriting, type StreamHome, type Written } from "./stream-writing.ts";

type StreamRequest = Extract<ActionRequest, { kind: "stream" }>;

/** The streams of a live run. */
interface RunStreams {
  readonly home: StreamHome;
  /** Streams that an earlier platform has left, and that nothing was written into since. */
  readonly stored: Map<string, StreamRow>;
  readonly open: Map<string, StreamWriting>;
}

/** Writes the streams of live runs. */
export class Streams {
  readonly #context: EngineContext;
  readonly #feed: StreamFeed;
  readonly #runs: WeakMap<RunState, RunStreams> = new WeakMap();

  constructor(context: EngineContext, feed: StreamFeed) {
    this.#context = context;
    this.#feed = feed;
  }

  /** Answers an attempt once what it wrote is on disk. @throws AppEnvError STREAM_LIMIT, STREAM_CLOSED. */
  write(attempt: AttemptState, { name, trace, value, call }: StreamRequest): void {
    const { action } = attempt;
    if (value !== undefined) checkValue(name, Buffer.byteLength(value));
    const written: Written = value === undefined ? { kind: "close", value: "" } : { kind: "value", value };
    const done = (): void => answer(attempt, call, { type: "succeeded", outputs: new Uint8Array() });
    const stream = this.#streamOf(action.run, name);
    stream.write({ action: action.row.name, trace }, attempt, written, done);
    // Whoever closes it waits.
    if (value === undefined) this.#context.store.committer.whenStored(() => {});
  }

  /** An attempt has succeeded: what earlier ones wrote in its place is void. */
  settle(attempt: AttemptState): void {
    const { action } = attempt;
    if (action.row.attempts === 1) return;
    try {
      for (const name of this.#writtenBy(action)) this.#streamOf(action.run, name).settle(action.row.name, attempt);
    } catch (error) {
      if (!AppEnvError.is(error)) throw error;
      this.#context.log(action, `A stream keeps values of an earlier attempt: ${error.message}`);
    }
  }

  #writtenBy({ run, row }: ActionState): readonly string[] {
    const stored = this.#context.store.streams.writtenBy(run.row, row.name);
    return [...new Set([...stored, ...(this.#runs.get(run)?.open.keys() ?? [])])];
  }

  #streamOf(run: RunState, name: string): StreamWriting {
    const { open, home, stored } = this.#runs.get(run) ?? this.#load(run);
    const known = open.get(name);
    if (known !== undefined) return known;
    const row = stored.get(name);
    const count = open.size + stored.size;
    if (row === undefined && count >= streamLimits.streamsPerRun) {
      throw new AppEnvError("STREAM_LIMIT", `The run has ${count} streams, and cannot have '${name}' too.`);
    }
    const stream = new StreamWriting(home, name, row);
    stored.delete(name);
    open.set(name, stream);
    return stream;
  }

  #load(run: RunState): RunStreams {
    const { store, clock } = this.#context;
    const table = store.streams;
    const rows = table.ofRun(run.row);
    const home: StreamHome = {
      table,
      now: () => clock.now(),
      totals: {
        entries: rows.reduce((sum, { entries }) => sum + entries, 0),
        bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
      },
      changed: (stream) => this.#save(run, stream),
    };
    const streams = { home, stored: new Map(rows.map((row) => [row.name, row])), open: new Map() };
    this.#runs.set(run, streams);
    return streams;
  }

  #save(run: RunState, stream: StreamWriting): void {
    let count: ReturnType<StreamWriting["store"]>;
    this.#context.store.committer.save(
      stream,
      () => {
        count = stream.store(run.row);
      },
      () => this.#feed.publish(run.row, stream.name, count()),
    );
  }
}
