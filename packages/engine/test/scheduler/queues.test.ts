import * as fc from "fast-check";
import { expect, test } from "vitest";
import { noBook, type QueuePause } from "../../src/scheduler/queue-contract.ts";
import { Scheduler } from "../../src/scheduler/scheduler.ts";
import type { Job, Turn } from "../../src/scheduler/turn.ts";
import { TestClock, turns } from "../support/engine-world.ts";
import { FakeWorkers, job } from "../support/fake-workers.ts";

type Limits = Job["queue"]["limits"];

const unlimited: Limits = { concurrency: undefined, rate: undefined };

interface Started {
  readonly name: string;
  readonly job: Job;
  readonly turn: Turn;
}

/** A scheduler over workers that are ready, and a clock that the test moves. */
class Place {
  readonly clock = new TestClock();
  /** As a book would: pauses are known before the first job comes. */
  paused: QueuePause | undefined;
  readonly scheduler = new Scheduler(new FakeWorkers({ ready: true }), {
    clock: this.clock,
    book: { ...noBook, open: (id) => ({ ...noBook.open(id), paused: id.name === "q" ? this.paused : undefined }) },
  });
  readonly running = new Map<string, Started>();
  readonly waiting = new Map<string, { readonly job: Job; readonly turn: Turn }>();
  readonly order: string[] = [];
  onStart: (started: Started) => void = () => {};
  #count = 0;

  /** Starts the worker, so that each job that may start does so at once. */
  static async ready(environments: readonly string[] = ["p/d/e"]): Promise<Place> {
    const place = new Place();
    for (const environment of environments) {
      const name = place.add({ environment, task: "first", queue: { name: `first ${environment}` } });
      await turns();
      place.finish(name);
    }
    place.order.length = 0;
    return place;
  }

  add(given: Parameters<typeof job>[1], named?: string): string {
    this.#count += 1;
    const name = named ?? `job ${this.#count}`;
    const made = job(this.#count, { id: { run: name, action: "a0" }, ...given });
    let begun = false;
    const turn = this.scheduler.add(made, (mine) => {
      begun = true;
      this.waiting.delete(name);
      const started = { name, job: made, turn: mine };
      this.onStart(started);
      this.order.push(name);
      this.running.set(name, started);
    });
    if (!begun) this.waiting.set(name, { job: made, turn });
    return name;
  }

  finish(name: string): void {
    const started = this.running.get(name);
    this.running.delete(name);
    started?.turn.release();
  }

  /** Ends all that runs, in the order in which it started, until nothing starts any more. */
  drain(): string[] {
    for (const name of this.running.keys()) this.finish(name);
    return this.order;
  }

  leave(name: string): void {
    this.waiting.get(name)?.turn.release();
    this.waiting.delete(name);
  }
}

const keyed = (key: string, limits: Partial<Limits>): { key: string; limits: Limits } => ({
  key,
  limits: { ...unlimited, ...limits },
});

const ofKey = (key: string): Parameters<typeof job>[1] => ({
  queue: keyed(key, { concurrency: 2 }),
  limits: { environment: 3 },
});

test("each key of a queue has its own limit, and one with ten thousand jobs keeps no other waiting", async () => {
  const place = await Place.ready();
  for (let count = 0; count < 10_000; count += 1) place.add(ofKey("big"));
  place.add(ofKey("small"), "small 1");
  place.add(ofKey("small"), "small 2");
  place.add(ofKey("other"), "other 1");
  expect([...place.running.values()].map(({ job: { queue: of } }) => of.key)).toEqual(["big", "big", "small"]);
  place.finish("small 1");
  place.finish(place.order[0] ?? "");
  place.finish(place.order[1] ?? "");
  // As many starts later as there are keys, each has had its turn.
  expect(place.order.slice(3).map((name) => name.split(" ")[0])).toEqual(expect.arrayContaining(["small", "other"]));
});

test("tasks of several environments share a named queue, whose first is the one that has waited longest", async () => {
  const place = await Place.ready(["p/d/e", "p/d/f"]);
  const queue = { name: "shared", ...keyed("", { concurrency: 1 }) };
  place.add({ queue }, "e1");
  place.add({ queue, environment: "p/d/f" }, "f1");
  place.add({ queue }, "e2");
  place.add({ queue, environment: "p/d/f" }, "f2");
  place.add({ queue, environment: "p/d/f", priority: 1 }, "urgent");
  expect(place.drain()).toEqual(["e1", "urgent", "f1", "e2", "f2"]);
});

test("the highest priority starts first, also among tasks, and the same one in order", async () => {
  const place = await Place.ready();
  const limits = { environment: 1 };
  place.add({ limits }, "first");
  for (const [name, priority, task] of [
    ["low", -10, "t"],
    ["a", 0, "t"],
    ["b", 0, "t"],
    ["high", 5, "t"],
    ["higher", 6, "u"],
  ] as const) {
    place.add({ limits, priority, task }, name);
  }
  expect(place.drain()).toEqual(["first", "higher", "high", "a", "b", "low"]);
});

test("a rate is a sliding window: after as many starts as it allows, the next one comes when the first is past", async () => {
  const place = await Place.ready();
  const queue = keyed("acme", { rate: { limit: 2, perMs: 1_000 } });
  for (const name of ["1", "2", "3", "4"]) {
    place.add({ queue }, name);
    await place.clock.advance(100);
  }
  expect(place.order).toEqual(["1", "2"]);
  expect(place.waiting.get("4")?.turn.whyWaiting()).toMatchObject({ kind: "rate", key: "acme", limit: 2, before: 1 });
  await place.clock.advance(599);
  expect(place.order).toEqual(["1", "2"]);
  await place.clock.advance(1);
  expect(place.order).toEqual(["1", "2", "3"]);
  // Another key has a window of its own, and a clock that is set counts for nothing.
  place.clock.jump(86_400_000);
  place.add({ queue: { ...queue, key: "other" } }, "other");
  expect(place.order).toEqual(["1", "2", "3", "other"]);
  await place.clock.advance(100);
  expect(place.order).toEqual(["1", "2", "3", "other", "4"]);
  place.drain();
  await place.clock.advance(2_000);
  expect(place.clock.timers).toBe(0);
});

test("nothing of a paused queue starts, and what waits says who paused it", async () => {
  const place = await Place.ready();
  const queue = { name: "q", ...keyed("", { concurrency: 1 }) };
  place.add({ queue }, "1");
  const id = { project: "p", domain: "d", name: "q" };
  const at = new Date(0);
  place.scheduler.queues.pause(id, { at, by: "ops" });
  place.add({ queue }, "2");
  place.add({ queue, priority: 9 }, "3");
  place.finish("1");
  expect(place.order).toEqual(["1"]);
  expect(place.waiting.get("2")?.turn.whyWaiting()).toEqual({
    kind: "paused",
    queue: id,
    key: "",
    before: 1,
    at,
    by: "ops",
  });
  place.scheduler.queues.pause(id, undefined);
  expect(place.drain()).toEqual(["1", "3", "2"]);
});

test("a limit that is raised counts at once, and one that is lowered for what starts from then on", async () => {
  const place = await Place.ready();
  const queue = { name: "q", ...keyed("", { concurrency: 1 }) };
  for (const name of ["1", "2", "3", "4"]) place.add({ queue }, name);
  const id = { project: "p", domain: "d", name: "q" };
  place.scheduler.queues.limit(id, { ...unlimited, concurrency: 3 });
  expect(place.order).toEqual(["1", "2", "3"]);
  place.scheduler.queues.limit(id, { ...unlimited, concurrency: 1 });
  place.finish("1");
  place.finish("2");
  expect(place.order).toEqual(["1", "2", "3"]);
  expect(place.waiting.get("4")?.turn.whyWaiting()).toMatchObject({
    kind: "queue",
    limit: 1,
    running: [{ run: "3", action: "a0" }],
    before: 0,
  });
});

test("a job that waits for its children gives its place in the queue to others, and takes it back", async () => {
  const place = await Place.ready();
  const queue = keyed("k", { concurrency: 1 });
  place.add({ queue }, "parent");
  place.add({ queue }, "child");
  expect(place.order).toEqual(["parent"]);
  place.running.get("parent")?.turn.pause();
  expect(place.order).toEqual(["parent", "child"]);
  place.running.get("parent")?.turn.resume();
  place.add({ queue }, "third");
  place.finish("child");
  expect(place.order).toEqual(["parent", "child"]);
  place.finish("parent");
  expect(place.order).toEqual(["parent", "child", "third"]);
});

type Step =
  | { readonly do: "add"; readonly task: string; readonly env: string; readonly key: string; readonly priority: number }
  | { readonly do: "finish" | "leave"; readonly which: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "pause"; readonly on: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      task: fc.constantFrom("t", "u"),
      env: fc.constantFrom("p/d/e", "p/d/f"),
      key: fc.constantFrom("a", "b", "c"),
      priority: fc.constantFrom(0, 0, 0, 1, -1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("finish" as const, "leave" as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(120) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause" as const), on: fc.boolean() }) },
);

test("whatever comes, no key has more at once or more starts in its window than allowed, and none waits that may start", async () => {
  const limits: Limits = { concurrency: 2, rate: { limit: 3, perMs: 200 } };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
      const place = await Place.ready(["p/d/e", "p/d/f"]);
      const id = { project: "p", domain: "d", name: "q" };
      const starts: { readonly key: string; readonly at: number }[] = [];
      let paused = false;
      const of = (key: string): number =>
        [...place.running.values()].filter(({ job: { queue } }) => queue.key === key).length;
      const recent = (key: string): number =>
        starts.filter((start) => start.key === key && place.clock.monotonic() - start.at < 200).length;
      const mayStart = ({ queue: { key }, environment }: Job): boolean =>
        !paused &&
        of(key) < 2 &&
        recent(key) < 3 &&
        [...place.running.values()].filter(({ job: { environment: other } }) => other === environment).length < 3;
      place.onStart = ({ name, job: started }) => {
        expect(mayStart(started), `${name} starts`).toBe(true);
        const over = [...place.waiting.values()].filter(
          ({ job: other }) =>
            other.priority > started.priority && other.environment === started.environment && mayStart(other),
        );
        expect(over, "something more urgent waits").toEqual([]);
        starts.push({ key: started.queue.key, at: place.clock.monotonic() });
      };
      for (const each of steps) {
        if (each.do === "add") {
          place.add({
            task: each.task,
            environment: each.env,
            priority: each.priority,
            queue: { name: "q", key: each.key, limits },
            limits: { environment: 3 },
          });
        } else if (each.do === "finish") place.finish([...place.running.keys()][each.which] ?? "");
        else if (each.do === "leave") place.leave([...place.waiting.keys()][each.which] ?? "");
        else if (each.do === "wait") await place.clock.advance(each.ms);
        else if (each.do === "pause") {
          paused = each.on;
          place.paused = paused ? { at: new Date(0), by: "test" } : undefined;
          place.scheduler.queues.pause(id, place.paused);
        }
        const idle = [...place.waiting].filter(([, { job: waiting }]) => mayStart(waiting)).map(([name]) => name);
        expect(idle, "may start, and waits").toEqual([]);
      }
      place.scheduler.close();
    }),
    { numRuns: 150 },
  );
});
