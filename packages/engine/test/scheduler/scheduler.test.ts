import { expect, onTestFinished, test, vi } from "vitest";
import { Scheduler } from "../../src/scheduler/scheduler.ts";
import type { Job, Turn } from "../../src/scheduler/turn.ts";
import { turns } from "../support/engine-world.ts";
import { FakeWorkers, job } from "../support/fake-workers.ts";

/** A scheduler whose worker of the environment works and has nothing to do. */
async function ready(): Promise<Scheduler> {
  const scheduler = new Scheduler(new FakeWorkers({ ready: true }));
  const first = scheduler.add(job(1), () => {});
  await turns();
  first.release();
  return scheduler;
}

/** The CPU time of a start, in microseconds, while so many jobs wait for one another. */
async function costOfStart(waiting: number): Promise<number> {
  const scheduler = await ready();
  const running: Turn[] = [];
  for (let index = 0; index < waiting; index += 1) {
    scheduler.add(job(index % 3, { limits: { task: 1 } }), (turn) => void running.push(turn));
  }
  const before = process.cpuUsage();
  for (let index = 0; index < waiting / 2; index += 1) running[index]?.release();
  // Their sum is exact; either alone is an estimate.
  const { user, system } = process.cpuUsage(before);
  expect(running).toHaveLength(waiting / 2 + 1);
  return (user + system) / (waiting / 2);
}

test("a hundred thousand waiting jobs cost the same each as a few", async () => {
  const few = await costOfStart(2_000);
  // With a search through the queue it would be dozens of times as much.
  expect(await costOfStart(100_000)).toBeLessThan(few * 5);
});

test("runs take turns, tasks take turns, and a job that was taken out of the queue does not start", async () => {
  const scheduler = await ready();
  const order: string[] = [];
  const running: Turn[] = [];
  const add = (name: string, run: number, task: string): Turn =>
    scheduler.add(job(run, { task, limits: { environment: 1 } }), (turn) => {
      order.push(name);
      running.push(turn);
    });
  add("first", 1, "t");
  const gone = add("gone", 1, "t");
  for (const name of ["a1", "a2", "a3"]) add(name, 1, "t");
  add("b1", 2, "t");
  add("u1", 3, "u");
  gone.release();
  gone.release();
  while (running.length > 0) running.shift()?.release();
  expect(order).toEqual(["first", "a1", "u1", "b1", "a2", "a3"]);
});

test("a paused job gives its place away and takes it back over the limit", async () => {
  const scheduler = await ready();
  const started: string[] = [];
  const add = (name: string): Turn => scheduler.add(job(1, { limits: { task: 1 } }), () => started.push(name));
  const one = add("one");
  const two = add("two");
  add("three");
  one.pause();
  expect(started).toEqual(["one", "two"]);
  one.resume();
  two.release();
  expect(started).toEqual(["one", "two"]);
  one.release();
  expect(started).toEqual(["one", "two", "three"]);
});

function nothing(): void {}

/** Jobs that begin an attempt when their turn comes, over workers that the test moves. */
class Place {
  readonly workers: FakeWorkers;
  readonly scheduler: Scheduler;
  readonly turns = new Map<string, Turn>();
  readonly begun: string[] = [];
  readonly ended: string[] = [];

  constructor(options: { readonly processors?: number } = {}) {
    this.workers = new FakeWorkers(options);
    this.scheduler = new Scheduler(this.workers);
  }

  add(name: string, given: Job): Turn {
    const turn = this.scheduler.add(given, (mine) => {
      this.begun.push(name);
      const start = { run: "r", action: name, task: given.task, attempt: 1, inputs: new Uint8Array(), labels: {} };
      mine.run(
        { ...start, envVars: given.env, deadline: undefined },
        {
          started: nothing,
          request: nothing,
          scope: nothing,
          line: nothing,
          metadata: () => {},
          trace: () => {},
          progress: nothing,
          report: nothing,
          ended: (end) => {
            this.ended.push(`${name} ${end.type === "lost" ? end.error.code : end.result.outcome.type}`);
            mine.release();
          },
        },
      );
    });
    this.turns.set(name, turn);
    return turn;
  }

  why(name: string): unknown {
    return this.turns.get(name)?.whyWaiting();
  }
}

test("a job that waits for a worker takes no place of a limit from another one", async () => {
  const place = new Place();
  const limits = { task: 1 };
  place.add("for x", job(1, { env: { MODE: "x" }, limits, reusable: { replicas: 2 } }));
  place.add("for none", job(2, { limits, reusable: { replicas: 2 } }));
  await turns();
  expect([place.why("for x"), place.why("for none")]).toEqual([
    { kind: "worker", worker: "starting" },
    { kind: "worker", worker: "starting" },
  ]);
  // The second one's worker is there first.
  place.workers.started.find(({ env }) => env["MODE"] === undefined)?.works();
  await turns();
  expect(place.begun).toEqual(["for none"]);
  place.workers.started.find(({ env }) => env["MODE"] === "x")?.works();
  await turns();
  expect(place.why("for x")).toEqual({ kind: "limit", of: "task", limit: 1 });
  place.workers.started.find(({ env }) => env["MODE"] === undefined)?.finish("for none");
  expect(place.begun).toEqual(["for none", "for x"]);
});

test("tasks and runs take turns at the places of a worker", async () => {
  const place = new Place();
  const reusable = { concurrency: 1 };
  for (const name of ["a1", "a2", "a3"]) place.add(name, job(1, { reusable }));
  place.add("b1", job(2, { reusable }));
  place.add("u1", job(3, { task: "u", reusable }));
  await turns();
  const [worker] = place.workers.started;
  worker?.works();
  await turns();
  expect(place.why("u1")).toEqual({ kind: "worker", worker: "full" });
  for (let count = 0; count < 5; count += 1) worker?.finish(place.begun.at(-1) ?? "");
  expect(place.begun).toEqual(["a1", "u1", "b1", "a2", "a3"]);
  expect(place.workers.started).toHaveLength(1);
});

test("a worker that is blocked gets no jobs until it says something", async () => {
  const place = new Place();
  place.add("one", job(1));
  await turns();
  const [worker] = place.workers.started;
  worker?.works();
  await turns();
  if (worker !== undefined) worker.silentMs = 5_000;
  place.add("two", job(1));
  await turns();
  expect(place.begun).toEqual(["one"]);
  expect(place.why("two")).toEqual({ kind: "worker", worker: "blocked" });
  worker?.works();
  await turns();
  expect(place.begun).toEqual(["one", "two"]);
  expect(place.why("two")).toBeUndefined();
});

test("a job whose process ended before it was given the attempt begins once, in another process", async () => {
  const place = new Place();
  place.add("one", job(1, { limits: { task: 1 } }));
  place.add("two", job(1, { limits: { task: 1 } }));
  await turns();
  place.workers.started[0]?.works();
  await turns();
  place.workers.started[0]?.end({ unsent: true });
  await turns();
  place.workers.started[1]?.works();
  await turns();
  expect(place.workers.started[1]?.attempts.map(({ given }) => given.action)).toEqual(["one"]);
  expect([place.begun, place.ended]).toEqual([["one"], []]);
});

test("jobs that may start fail with their process; jobs behind a limit are for another one", async () => {
  const place = new Place();
  for (const name of ["one", "two", "three"]) place.add(name, job(1, { limits: { task: 2 } }));
  await turns();
  const error = { kind: "SYSTEM", code: "LOAD_FAILED", message: "no", stack: undefined, retryable: false } as const;
  place.workers.started[0]?.end({ failure: { error, crashed: false } });
  await turns();
  expect(place.ended).toEqual(["one LOAD_FAILED", "two LOAD_FAILED"]);
  expect(place.why("three")).toEqual({ kind: "worker", worker: "starting" });
  expect(place.workers.started).toHaveLength(2);
});

test("after a crash at the start the next process comes later, and the job knows why it waits", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const place = new Place();
  place.add("one", job(1));
  await turns();
  const error = { kind: "SYSTEM", code: "START_FAILED", message: "no", stack: undefined, retryable: true } as const;
  place.workers.started[0]?.end({ failure: { error, crashed: true } });
  await turns(1);
  expect(place.why("one")).toEqual({ kind: "worker", worker: "restarting" });
  vi.advanceTimersByTime(place.workers.restartDelay());
  await turns();
  expect(place.workers.started).toHaveLength(2);
  expect(place.why("one")).toEqual({ kind: "worker", worker: "starting" });
});

test("a worker makes room for jobs of runs with other env vars, and none starts for jobs that are gone", async () => {
  const place = new Place();
  place.add("plain", job(1));
  await turns();
  place.workers.started[0]?.works();
  await turns();
  const other = place.add("other", job(2, { env: { MODE: "x" } }));
  await turns();
  expect(place.why("other")).toEqual({ kind: "worker", worker: "other-env-vars" });
  expect(place.workers.started[0]?.state).toBe("leaving");
  other.release();
  place.workers.started[0]?.finish("plain");
  await turns();
  expect(place.workers.started).toHaveLength(1);
});

function isolated(environment: string): Job {
  return job(1, { environment, isolated: true });
}

test("isolated jobs share the processors, and environments take turns", async () => {
  const place = new Place({ processors: 1 });
  for (const name of ["a1", "a2", "a3"]) place.add(name, isolated("p/d/a"));
  place.add("b1", isolated("p/d/b"));
  expect(place.why("b1")).toEqual({ kind: "limit", of: "processors", limit: 1 });
  // One that waits for its children needs none.
  place.turns.get("a1")?.pause();
  expect(place.begun).toEqual(["a1", "a2"]);
  place.turns.get("a2")?.release();
  expect(place.begun).toEqual(["a1", "a2", "b1"]);
  place.turns.get("b1")?.release();
  expect(place.begun).toEqual(["a1", "a2", "b1", "a3"]);
});
