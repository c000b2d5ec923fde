import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEntry } from "../../src/contracts/streams.ts";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { checkLimits, streamLimits } from "../../src/streams/limits.ts";
import { ScriptError } from "../support/engine-workers.ts";
import { openWorld, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const never = new AbortController().signal;
const retried: TestTask["settings"] = { retries: 3, backoff: { baseMs: 1, factor: 1, capMs: 1 } };

/** All entries that a reader gets, until the stream ends for it. */
async function read(world: World, run: RunRecord, name = "s", from = 0, follow = true): Promise<StreamEntry[]> {
  const entries: StreamEntry[] = [];
  for await (const batch of world.engine.readStream(run.id, name, { from, follow, signal: never })) {
    entries.push(...batch.entries);
  }
  return entries;
}

/** The values that count, as a page that reads along keeps them. */
function kept(entries: readonly StreamEntry[]): unknown[] {
  let values: { readonly section: number; readonly value: unknown }[] = [];
  for (const { kind, section, value } of entries) {
    if (kind === "restart") values = values.filter((each) => each.section !== section.replaces);
    if (kind === "value") values.push({ section: section.section, value: JSON.parse(value) });
  }
  return values.map(({ value }) => value);
}

const shown = (entries: readonly StreamEntry[]): string[] =>
  entries.map(({ offset, kind, value }) => (kind === "value" ? `${offset} ${value}` : `${offset} ${kind}`));

type WriteStream = (name: string, value?: unknown) => Promise<void>;

const outcomeOf = async (attempts: readonly (readonly unknown[])[]): Promise<StreamEntry[]> => {
  const world = await openWorld({
    task: {
      settings: retried,
      run: async (_, { stream, start }) => {
        for (const value of attempts[start.attempt - 1] ?? []) await stream("s", value);
        if (start.attempt < attempts.length) throw new ScriptError({});
      },
    },
  });
  const run = await world.end(await world.run("task"));
  expect(run.root.phase).toBe("SUCCEEDED");
  return read(world, run);
};

const tooManyStreams = async (stream: WriteStream): Promise<void> => {
  await Promise.all(Array.from({ length: streamLimits.streamsPerRun + 1 }, (_, index) => stream(`s${index}`, 1)));
};

const codeOf = async (write: (stream: WriteStream) => Promise<void>) => {
  const world = await openWorld({
    task: {
      run: async (_, { stream }) => write(stream).catch((error: ScriptError) => `${error.error.code} ${error.message}`),
    },
  });
  return world.output("task");
};

describe("a stream", () => {
  test("is read while it is written, from any offset, and ends when it is closed", async () => {
    const gate = Promise.withResolvers<void>();
    const world = await openWorld({
      task: {
        run: async (_, { stream }) => {
          await stream("s", "a");
          await gate.promise;
          await stream("s", { b: 1 });
          await stream("s");
        },
      },
    });
    const run = await world.run("task");
    const reader = world.engine.readStream(run.id, "s", { from: 0, follow: true, signal: never });
    const first = await reader.next();
    expect(first.value.entries).toMatchObject([{ offset: 0, kind: "value", value: '"a"', section: { action: "a0" } }]);
    expect(shown(await read(world, run, "s", 0, false))).toEqual(['0 "a"']);
    gate.resolve();
    expect((await reader.next()).value.entries).toMatchObject([{ offset: 1, value: '{"b":1}' }]);
    expect((await reader.next()).value).toMatchObject({ entries: [{ kind: "close" }], end: "closed" });
    await world.end(run);
    expect(shown(await read(world, run, "s", 1))).toEqual(['1 {"b":1}', "2 close"]);
    expect(world.engine.streams(run.id)).toMatchObject([{ name: "s", entries: 3, bytes: 10, closed: true }]);
  });

  test("that nobody closes or writes ends with its run", async () => {
    const world = await openWorld({ task: { run: async (_, { stream }) => stream("s", 1) } });
    const run = await world.run("task");
    const other = read(world, run, "other");
    expect(shown(await read(world, run))).toEqual(["0 1"]);
    expect(await other).toEqual([]);
    expect(() =>
      world.engine.readStream({ ...run.id, run: "nothing" }, "s", { from: 0, follow: true, signal: never }),
    ).toThrow(/There is no run/);
  });

  test("a reader that leaves is forgotten, and one that is aborted ends", async () => {
    const world = await openWorld({ task: { run: () => new Promise(() => {}) } });
    const run = await world.run("task");
    const leaving = new AbortController();
    const reader = world.engine.readStream(run.id, "s", { from: 0, follow: true, signal: leaving.signal });
    const next = reader.next();
    await turns();
    leaving.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("a thousand readers read it from the disk once", async () => {
    const world = await openWorld({
      task: {
        run: async (_, { stream }) => {
          for (let index = 0; index < 300; index += 1) void stream("s", index);
          await stream("s");
        },
      },
    });
    const run = await world.end(await world.run("task"));
    const { streams } = world.store;
    let reads = 0;
    const entries = streams.entries.bind(streams);
    streams.entries = (...args) => {
      reads += 1;
      return entries(...args);
    };
    const all = await Promise.all(Array.from({ length: 1_000 }, () => read(world, run)));
    expect(all.every((each) => each.length === 301)).toBe(true);
    expect(reads).toBe(Math.ceil(301 / 64));
  });

  test("of several actions is one, and each begins again for itself", async () => {
    const world = await openWorld({
      child: {
        inputs: { x: { kind: "integer" } },
        settings: retried,
        run: async ({ x }, { stream, start }) => {
          await stream("s", `${x} ${start.attempt}`);
          if (x === 1 && start.attempt === 1) throw new ScriptError({});
        },
      },
      task: {
        run: async (_, { call }) => {
          await call("child", { x: 1 });
          await call("child", { x: 2 });
        },
      },
    });
    const run = await world.end(await world.run("task"));
    expect(kept(await read(world, run))).toEqual(["1 2", "2 1"]);
  });
});

describe("an attempt that runs again", () => {
  test("and writes the same and more goes on", async () => {
    expect(shown(await outcomeOf([["a", "b"], ["a"], ["a", "b", "c"]]))).toEqual(['0 "a"', '1 "b"', '2 "c"']);
  });

  test("and writes something else begins again, with all that it has written", async () => {
    const entries = await outcomeOf([
      ["a", "b", "c"],
      ["a", "x"],
    ]);
    // The values of the first attempt are void, so a reader that comes now is spared them.
    expect(shown(entries)).toEqual(["3 restart", '4 "a"', '5 "x"']);
    expect(entries[0]?.section).toMatchObject({ attempt: 2, replaces: 0 });
  });

  test("and writes less begins again when it has succeeded", async () => {
    expect(kept(await outcomeOf([["a", "b", "c"], ["a"]]))).toEqual(["a"]);
    expect(kept(await outcomeOf([["a"], []]))).toEqual([]);
  });

  test("keeps what a recorded trace has written", async () => {
    const world = await openWorld({
      task: {
        settings: retried,
        run: async (_, { stream, start, trace }) => {
          await stream("s", "before");
          await trace("t", async () => stream("s", `traced ${start.attempt}`, "t"));
          await stream("s", "after");
          if (start.attempt < 3) throw new ScriptError({});
        },
      },
    });
    const run = await world.end(await world.run("task"));
    expect(shown(await read(world, run))).toEqual(['0 "before"', '1 "traced 1"', '2 "after"']);
  });

  test("opens a stream again that it had closed, if it writes something else", async () => {
    const world = await openWorld({
      task: {
        settings: retried,
        run: async (_, { stream, start }) => {
          await stream("s", "a");
          if (start.attempt === 2) await stream("s", "b");
          await stream("s");
          if (start.attempt === 1) throw new ScriptError({});
        },
      },
    });
    const run = await world.end(await world.run("task"));
    expect(shown(await read(world, run))).toEqual(["1 close", "2 restart", '3 "a"', '4 "b"', "5 close"]);
  });
});

describe("limits", () => {
  test("a value, a stream and a run have them, and the error says which", async () => {
    expect(await codeOf((stream) => stream("s", "x".repeat(streamLimits.valueBytes)))).toBe(
      "STREAM_LIMIT A value for the stream 's' has 262146 bytes as JSON, but may have 256 KiB.",
    );
    expect(await codeOf(tooManyStreams)).toBe("STREAM_LIMIT The run has 100 streams, and cannot have 's100' too.");
    const { entriesPerStream, bytesPerStream, entriesPerRun, bytesPerRun } = streamLimits;
    const none = { entries: 0, bytes: 0 };
    const one = { entries: 1, bytes: 1 };
    const check = (stream: Partial<typeof none>, all: Partial<typeof none>) => () =>
      checkLimits("s", { ...none, ...stream }, { ...none, ...all }, one);
    check({ entries: entriesPerStream - 1, bytes: bytesPerStream - 1 }, {})();
    expect(check({ entries: entriesPerStream }, {})).toThrow(/more than 100000 entries/);
    expect(check({ bytes: bytesPerStream }, {})).toThrow(/more than 64 MiB/);
    expect(check({}, { entries: entriesPerRun })).toThrow(/all streams of its run than 1000000 entries/);
    expect(check({}, { bytes: bytesPerRun })).toThrow(/all streams of its run than 256 MiB/);
  });

  test("a closed stream takes nothing more", async () => {
    expect(await codeOf(async (stream) => (await stream("s"), stream("s", 1)))).toBe(
      "STREAM_CLOSED The stream 's' is closed.",
    );
  });
});

test("streams and metadata are deleted with their run", async () => {
  const task: TestTask = {
    run: async ({ x }, { stream, listener }) => {
      listener.metadata('{"a":1}');
      await stream("s", x);
    },
  };
  const world = await openWorld({ task });
  const [one, two] = [await world.run("task", { x: 1 }), await world.run("task", { x: 2 })];
  await world.end(one);
  await world.end(two);
  const { database } = world.store;
  await world.engine.deleteRun(one.id);
  expect(shown(await read(world, two))).toEqual(["0 2"]);
  const tables = ["streams", "stream_sections", "stream_entries", "action_metadata"];
  const counts = tables.map((table) => database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"]);
  expect(counts).toEqual([1, 1, 1, 1]);
});

test(
  "what a reader has seen is there after a crash, and nothing is lost or written twice",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
        fc.boolean(),
        async (count, crashesAfter, others) => {
          let platform = 0;
          const task: TestTask = {
            run: async (_, { stream }) => {
              const mine = platform;
              for (let index = 0; index < count; index += 1) {
                // Some tasks write other values the next time, as a model does.
                await stream("s", others && index > 2 ? `${index} by ${mine}` : `${index}`);
              }
              await stream("s");
            },
          };
          let world = await openWorld({ task });
          const run = await world.run("task");
          const seen: StreamEntry[] = [];
          const nextOffset = (): number => (seen.at(-1)?.offset ?? -1) + 1;
          for (const more of crashesAfter) {
            const options = { from: nextOffset(), follow: true, signal: never };
            let left = more;
            for await (const { entries } of world.engine.readStream(run.id, "s", options)) {
              seen.push(...entries);
              left -= entries.length;
              if (left <= 0) break;
            }
            platform += 1;
            world = await world.crash();
          }
          await world.end(run);
          seen.push(...(await read(world, run, "s", nextOffset())));
          const final = kept(await read(world, run)).map(String);
          expect(final.map((value) => Number(value.split(" ")[0]))).toEqual(
            Array.from({ length: count }, (_, at) => at),
          );
          expect(kept(seen)).toEqual(final);
          const offsets = seen.map(({ offset }) => offset);
          expect(offsets).toEqual([...new Set(offsets)].toSorted((one, other) => one - other));
          // A task that writes the same again has written each value once.
          expect(others || offsets.length === count + 1).toBe(true);
          await world.engine.close();
        },
      ),
      { numRuns: 15 },
    );
  },
);

test("a metadata object is kept, the last one", async () => {
  const world = await openWorld({
    task: {
      run: async (_, { listener }) => {
        listener.metadata('{"step":1}');
        listener.metadata('{"step":2}');
      },
    },
  });
  const run = await world.end(await world.run("task"));
  expect(world.engine.metadata(run.root.id)).toBe('{"step":2}');
  const next = await world.crash();
  await until(() => next.engine.metadata(run.root.id) === '{"step":2}');
});
