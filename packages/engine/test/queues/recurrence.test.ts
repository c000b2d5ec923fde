import { toScheduleAnnotations } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { openWorld, plain, TestClock, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const inputs = { tenant: { kind: "string" }, x: { kind: "integer" } } as const;

function task(settings: NonNullable<TestTask["settings"]>): TestTask {
  return { inputs, settings, run: ({ tenant, x }) => `${tenant} ${x}` };
}

const name = ({ id }: RunRecord): string => id.run;

async function outputs(world: World, run: RunRecord): Promise<unknown> {
  return world.value((await world.end(run)).root.id);
}

test("requests of one key that come before the delay is over make one run, of the last one's inputs, also after a crash", async () => {
  const clock = new TestClock();
  const debounce = { delayMs: 1_000, maxMs: 2_500, key: [["tenant"]] };
  const world = await openWorld({ t: task({ debounce }) }, { clock });
  // Both are in one transaction.
  const [one, two] = await Promise.all([world.run("t", { tenant: "a", x: 1 }), world.run("t", { tenant: "a", x: 2 })]);
  const other = await world.run("t", { tenant: "b", x: 1 });
  expect([name(one) === name(two), name(one) === name(other)]).toEqual([true, false]);
  await clock.advance(900);
  const later = clock.restarted();
  const next = await world.crash({ clock: later });
  expect(name(await next.run("t", { tenant: "a", x: 3 }))).toBe(name(one));
  expect(next.engine.getRun(one.id)?.root.scheduledAt?.getTime()).toBe(later.now() + 1_000);
  await later.advance(100);
  expect(await outputs(next, other)).toBe("b 1");
  await later.advance(899);
  expect(next.workers.begun).toHaveLength(1);
  await later.advance(1);
  expect(await outputs(next, one)).toBe("a 3");
  expect(name(await next.run("t", { tenant: "a", x: 4 }))).not.toBe(name(one));
});

test("a run is put off no longer than the maximum, and states no begin of its own", async () => {
  const clock = new TestClock();
  const world = await openWorld({ t: task({ debounce: { delayMs: 1_000, maxMs: 1_500, key: [] } }) }, { clock });
  const first = await world.run("t", { tenant: "a", x: 1 });
  await clock.advance(800);
  expect(name(await world.run("t", { tenant: "b", x: 2 }))).toBe(name(first));
  await clock.advance(699);
  expect(world.workers.begun).toEqual([]);
  await clock.advance(1);
  await until(() => world.workers.begun.length === 1);
  expect(await outputs(world, first)).toBe("b 2");
  const annotations = toScheduleAnnotations({ delayMs: 5 });
  const settings = { ...plain, annotations };
  await expect(world.run("t", { tenant: "a", x: 1 }, { settings })).rejects.toThrow("is debounced");
});

test("an aborted run is put off no more: the next request makes another one", async () => {
  const clock = new TestClock();
  const world = await openWorld({ t: task({ debounce: { delayMs: 1_000, maxMs: 5_000, key: [] } }) }, { clock });
  const first = await world.run("t", { tenant: "a", x: 1 });
  await world.engine.abort(first.root.id, "enough");
  const second = await world.run("t", { tenant: "a", x: 2 });
  expect(name(second)).not.toBe(name(first));
  await clock.advance(1_000);
  expect(await outputs(world, second)).toBe("a 2");
  expect(world.engine.getRun(first.id)?.root.phase).toBe("ABORTED");
});

test("requests beyond the limit of a throttle are answered with the last run of their key, also after a crash; a rerun is not", async () => {
  const clock = new TestClock();
  const world = await openWorld({ t: task({ throttle: { perMs: 10_000, limit: 2, key: [["tenant"]] } }) }, { clock });
  const runs = await Promise.all([1, 2, 3].map((x) => world.run("t", { tenant: "a", x })));
  const [first, second, third] = runs.map(name);
  expect([first === second, third]).toEqual([false, second]);
  await turns();
  const later = clock.restarted();
  const next = await world.crash({ clock: later });
  expect(name(await next.run("t", { tenant: "a", x: 4 }))).toBe(second);
  expect(name(await next.run("t", { tenant: "b", x: 1 }))).not.toBe(second);
  expect(name(await next.run("t", { tenant: "a", x: 5 }, { rerunOf: first ?? "" }))).not.toBe(second);
  await later.advance(10_000);
  expect([first, second]).not.toContain(name(await next.run("t", { tenant: "a", x: 6 })));
});
