import { AppEnvError, type ActionProgress, type RunPhase } from "@appenv/core";
import { expect, test } from "vitest";
import { Run } from "../../src/run/run.ts";
import { watchSnapshots } from "../../src/run/watch-snapshots.ts";
import { errorOf } from "../support/error-of.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";
import { details, FakeRuns } from "../support/fake-runs.ts";

/** A source whose items are given one by one. */
class Source<T> {
  #items: (T | Error)[] = [];
  #waiting = Promise.withResolvers<void>();
  #hasEnded = false;
  /** The number of readers that have not left. */
  readers = 0;

  give(...items: readonly (T | Error)[]): this {
    this.#items.push(...items);
    this.#wake();
    return this;
  }

  end(): this {
    this.#hasEnded = true;
    this.#wake();
    return this;
  }

  readonly read = async function* (this: Source<T>, signal: AbortSignal): AsyncGenerator<T> {
    this.readers += 1;
    signal.addEventListener("abort", () => this.#wake());
    try {
      while (!signal.aborted) {
        const item = this.#items.shift();
        if (item instanceof Error) throw item;
        if (item !== undefined) yield item;
        else if (this.#hasEnded) return;
        else {
          await this.#waiting.promise;
          this.#waiting = Promise.withResolvers();
        }
      }
    } finally {
      this.readers -= 1;
    }
  };

  #wake(): void {
    this.#waiting.resolve();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const words = (action: string, done: number, metadata = {}): ActionProgress => ({
  action,
  progress: { done, total: 3, message: "" },
  metadata,
});

function watch(signal?: AbortSignal) {
  const phases = new Source<RunPhase>();
  const progress = new Source<readonly ActionProgress[]>();
  const sources = {
    root: "a0",
    phase: "QUEUED" as RunPhase,
    phases: (ending: AbortSignal) => phases.read(ending),
    progress: (ending: AbortSignal) => progress.read(ending),
  };
  return { phases, progress, snapshots: watchSnapshots(sources, signal) };
}

test("a snapshot has the phase and the words of the first action, and says whose are new", async () => {
  const { phases, progress, snapshots } = watch();
  const next = async (): Promise<unknown> => (await snapshots.next()).value;
  phases.give("QUEUED");
  expect(await next()).toEqual({ phase: "QUEUED", progress: undefined, metadata: {}, changed: [] });
  phases.give("RUNNING");
  expect(await next()).toMatchObject({ phase: "RUNNING", changed: [] });
  const [own, child] = [words("a0", 1, { model: "small" }), words("b1", 2)];
  progress.give([own, child]);
  const said = { phase: "RUNNING", progress: own.progress, metadata: { model: "small" } };
  expect(await next()).toEqual({ ...said, changed: [own, child] });
  progress.give([words("b1", 3)]);
  expect(await next()).toEqual({ ...said, changed: [words("b1", 3)] });
});

test("the last words come before the end of the run, whichever is there first", async () => {
  const { phases, progress, snapshots } = watch();
  phases.give("RUNNING", "SUCCEEDED").end();
  expect((await snapshots.next()).value).toMatchObject({ phase: "RUNNING" });
  const waiting = snapshots.next();
  // The end is there; it is told when nothing more can be said.
  await new Promise(setImmediate);
  progress.give([words("a0", 3)]).end();
  expect((await waiting).value).toMatchObject({ phase: "RUNNING", progress: { done: 3 } });
  expect((await snapshots.next()).value).toMatchObject({ phase: "SUCCEEDED", progress: { done: 3 }, changed: [] });
  expect((await snapshots.next()).done).toBe(true);
});

test("both are left when the reader leaves, is stopped, or one of them fails", async () => {
  const left = watch();
  left.phases.give("RUNNING");
  for await (const _ of left.snapshots) break;
  await expect.poll(() => left.phases.readers + left.progress.readers).toBe(0);

  const stop = new AbortController();
  const stopped = watch(stop.signal);
  stopped.phases.give("RUNNING");
  await stopped.snapshots.next();
  const end = stopped.snapshots.next();
  stop.abort();
  expect((await end).done).toBe(true);

  const failing = watch();
  failing.phases.give("RUNNING");
  failing.progress.give(new Error("broken"));
  await expect(all(failing.snapshots)).rejects.toThrow("broken");
  await expect.poll(() => failing.phases.readers).toBe(0);
});

test("a control plane that tells no progress tells phases", async () => {
  const { phases, progress, snapshots } = watch();
  phases.give("RUNNING", "FAILED").end();
  progress.give(new AppEnvError("UNSUPPORTED", "No progress."));
  expect((await all(snapshots)).map(({ phase }) => phase)).toEqual(["RUNNING", "FAILED"]);
});

test("a token of a run names its time, and no cluster makes one", async () => {
  const runs = new FakeRuns();
  runs.streams = [[details("RUNNING")]];
  await using platform = await FakeControlPlane.start({ home: "/somewhere", routes: runs.routes });
  await using cluster = await FakeControlPlane.start({ routes: runs.routes });
  const run = await Run.get("r1", { endpoint: platform.endpoint });
  for (const expiresIn of ["0s", "8d", "soon"] as const) {
    const { code, message } = await errorOf(run.readToken({ expiresIn: expiresIn as never }));
    expect([code, message]).toEqual([
      expect.stringMatching(/^INVALID_(OPTION|DURATION)$/),
      expect.stringContaining("expiresIn"),
    ]);
  }
  const { code, fix } = await errorOf((await Run.get("r1", { endpoint: cluster.endpoint })).readToken());
  expect([code, fix]).toEqual(["UNSUPPORTED", expect.stringContaining("exposeRuns")]);
});
