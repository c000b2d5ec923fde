import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import {
  openWorld,
  plain,
  taskDefinition,
  TestClock,
  turns,
  until,
  type TestTask,
  type World,
} from "../support/engine-world.ts";

const place = { project: "flytesnacks", domain: "development" } as const;
const emails = { ...place, name: "emails" };

/** Tasks that run until the test ends them, with the tenant as key. */
class Held {
  readonly #held = new Map<string, () => void>();

  /** The number of runs that began. */
  get size(): number {
    return this.#held.size;
  }

  task(settings: TestTask["settings"]): TestTask {
    return {
      settings: settings ?? {},
      inputs: { tenant: { kind: "string" } },
      run: (_, { start }) => new Promise<void>((resolve) => this.#held.set(start.run, resolve)),
    };
  }

  finish(run: RunRecord): void {
    this.#held.get(run.id.run)?.();
  }
}

const queue = { name: "emails", concurrency: 1, key: [["tenant"]] };

test("the key is read from the inputs of whoever starts it, and actions of two tasks share the limits of a named queue", async () => {
  const held = new Held();
  const world = await openWorld({
    send: held.task({ queue }),
    remind: held.task({ queue: { name: "emails", key: [["tenant"]] } }),
  });
  const first = await world.run("send", { tenant: "acme" });
  const second = await world.run("remind", { tenant: "acme" });
  const third = await world.run("remind", { tenant: "globex" });
  const urgent = await world.run("send", { tenant: "acme" }, { settings: { ...plain, priority: 9 } });
  const named = await world.run("send", { tenant: "acme" }, { settings: { ...plain, queueKey: "globex" } });
  await until(() => held.size === 2);
  expect(world.engine.queues.get(emails)).toMatchObject({
    tasks: ["env.send", "env.remind"],
    key: "input.tenant",
    limits: { concurrency: 1 },
    waiting: 3,
    running: 2,
    keys: 2,
  });
  expect(world.engine.queues.keys(emails, 1)).toMatchObject([{ key: "acme", waiting: 2, running: 1 }]);
  expect(world.engine.queues.waiting(emails, 0, 10).map(({ run, task }) => [run, task])).toEqual([
    [urgent.id.run, "env.send"],
    [second.id.run, "env.remind"],
    [named.id.run, "env.send"],
  ]);
  expect(world.engine.queues.waiting(emails, 1, 1, "acme").map(({ run }) => run)).toEqual([second.id.run]);
  expect(world.engine.whyWaiting(second.root.id)).toEqual({
    kind: "queue",
    queue: emails,
    key: "acme",
    limit: 1,
    running: [{ run: first.id.run, action: "a0" }],
    before: 1,
  });
  held.finish(first);
  await until(() => held.size === 3);
  await until(() => world.engine.getRun(urgent.id)?.root.phase === "RUNNING");
  for (const run of [urgent, third]) held.finish(run);
  await until(() => held.size === 5);
  for (const run of [second, named]) held.finish(run);
  await world.end(second);
});

test("an action that another one calls has its own task's key and the priority of its caller", async () => {
  const world = await openWorld({
    child: { inputs: { tenant: { kind: "string" } }, settings: { queue }, run: () => new Promise(() => {}) },
    top: { run: (_, { call }) => call("child", { tenant: "acme" }), settings: { priority: 7 } },
  });
  await world.run("top");
  await world.run("top", { x: 2 });
  await until(() => world.engine.queues.get(emails)?.waiting === 1);
  expect(world.engine.queues.waiting(emails, 0, 10)).toMatchObject([{ key: "acme", priority: 7, task: "env.child" }]);
});

test("two tasks of a deployment that state different limits of one queue are refused, and a new deployment changes them at once", async () => {
  const held = new Held();
  const world = await openWorld({ send: held.task({ queue }) });
  const deploy = (
    concurrency: number,
    name = "send",
  ): { id: object; definition: ReturnType<typeof taskDefinition> } => ({
    id: { ...place, name: `env.${name}`, version: `v${concurrency}` },
    definition: taskDefinition(name, { settings: { queue: { ...queue, concurrency } } }),
  });
  const deployAll = (...tasks: ReturnType<typeof deploy>[]): Promise<void> =>
    world.registry.deploy(tasks.map((task) => ({ ...task, spec: new Uint8Array([1]), triggers: [] })) as never);
  await expect(deployAll(deploy(1), deploy(2, "remind"))).rejects.toThrow("different limits of the queue 'emails'");
  for (let count = 0; count < 3; count += 1) await world.run("send", { tenant: "acme" });
  await until(() => world.workers.begun.length === 1);
  await deployAll(deploy(2), deploy(2, "remind"));
  await until(() => world.workers.begun.length === 2);
  expect(world.engine.queues.get(emails)).toMatchObject({ limits: { concurrency: 2 }, waiting: 1, running: 2 });
});

test("a pause is on disk: nothing of the queue starts after a crash either, until it is resumed", async () => {
  const held = new Held();
  const tasks = { send: held.task({ queue }) };
  const world = await openWorld(tasks);
  const changes: string[] = [];
  world.engine.queues.subscribe(({ name }) => changes.push(name));
  await world.engine.queues.pause(emails, "ops");
  expect(changes).toContain("emails");
  const run = await world.run("send", { tenant: "acme" }, { settings: { ...plain, priority: 3 } });
  await turns();
  const next = await world.crash();
  await turns();
  expect(next.workers.begun).toEqual([]);
  expect(next.engine.whyWaiting(run.root.id)).toMatchObject({ kind: "paused", by: "ops", key: "acme", before: 0 });
  expect(next.engine.queues.waiting(emails, 0, 1)).toMatchObject([{ priority: 3, key: "acme" }]);
  expect(next.engine.queues.list(place)).toMatchObject([{ id: emails, waiting: 1, paused: { by: "ops" } }]);
  await next.engine.queues.pause(emails, "somebody else");
  expect(next.engine.queues.get(emails)?.paused?.by).toBe("ops");
  await next.engine.queues.resume(emails);
  await until(() => next.workers.begun.length === 1);
  const resumed = await next.crash();
  await until(() => resumed.workers.begun.length === 1);
  await expect(next.engine.queues.pause({ ...place, name: "nobody" }, "ops")).rejects.toThrow(
    "There is no queue 'nobody'",
  );
});

type Step =
  | { readonly do: "run"; readonly tenant: string }
  | { readonly do: "finish"; readonly which: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "crash"; readonly turns: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("run" as const), tenant: fc.constantFrom("a", "b") }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("finish" as const), which: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(800) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), turns: fc.nat(4) }) },
);

test("whenever the platform is killed, no key has more starts in its window or more at once than its queue allows", async () => {
  const rate = { limit: 3, perMs: 1_000 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 20 }), async (steps) => {
      let clock = new TestClock();
      const starts: { readonly tenant: string; readonly at: number }[] = [];
      let running: { readonly tenant: string; readonly end: () => void }[] = [];
      const send: TestTask = {
        settings: { queue: { concurrency: 2, rate, key: [["tenant"]] } },
        inputs: { tenant: { kind: "string" } },
        run: ({ tenant }) => {
          starts.push({ tenant, at: clock.now() });
          return new Promise<void>((end) => running.push({ tenant, end }));
        },
      };
      let world: World = await openWorld({ send }, { clock });
      for (const each of steps) {
        if (each.do === "run") await world.run("send", { tenant: each.tenant });
        else if (each.do === "finish") running.splice(each.which, 1)[0]?.end();
        else if (each.do === "wait") await clock.advance(each.ms);
        else {
          await turns(each.turns);
          // A killed process takes with it what it began.
          running = [];
          clock = clock.restarted();
          world = await world.crash({ clock });
        }
        await turns(3);
        for (const tenant of ["a", "b"]) {
          const times = starts.filter((start) => start.tenant === tenant).map(({ at }) => at);
          for (const [index, at] of times.entries()) {
            expect(times.slice(0, index).filter((other) => at - other < rate.perMs).length).toBeLessThan(rate.limit);
          }
          expect(running.filter((one) => one.tenant === tenant).length).toBeLessThanOrEqual(2);
        }
      }
    }),
    { numRuns: 6 },
  );
}, 60_000);
