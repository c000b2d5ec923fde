import { expect, test } from "vitest";
import { ReplayOrder } from "@appenv/runtime/replay";
import { TestClock } from "../support/engine-world.ts";

test("recorded results are given in their order, new ones after them, and nothing else is waited for", () => {
  const clock = new TestClock();
  const order = new ReplayOrder(["a", "b", "c"], 1_000, clock);
  const given: string[] = [];
  for (const name of ["c", "now", "a", "a", "b", "c", "now"]) order.give(name, () => given.push(name));
  expect(given).toEqual(["a", "a", "b", "c", "now", "c", "now"]);
  expect(clock.timers).toBe(0);
});

test("a result that is not asked for again is waited for as long as something happens, and each time less", async () => {
  const clock = new TestClock();
  const order = new ReplayOrder(["a", "b", "c", "d"], 1_000, clock);
  const given: string[] = [];
  order.give("b", () => given.push("b"));
  await clock.advance(900);
  order.progress();
  await clock.advance(900);
  expect(given).toEqual([]);
  await clock.advance(100);
  expect(given).toEqual(["b"]);
  order.give("a", () => given.push("a"));
  order.give("d", () => given.push("d"));
  expect(given).toEqual(["b", "a"]);
  await clock.advance(500);
  expect(given).toEqual(["b", "a", "d"]);
  expect(clock.timers).toBe(0);
});

test("a sign of life every moment does not make it wait for ever, and the end of an attempt ends it", async () => {
  const clock = new TestClock();
  const order = new ReplayOrder(["a", "b"], 1_000, clock);
  const given: string[] = [];
  order.give("b", () => given.push("b"));
  for (let second = 0; second < 20; second += 1) {
    await clock.advance(500);
    order.progress();
  }
  expect(given).toEqual(["b"]);
  const over = new ReplayOrder(["a", "b"], 1_000, clock);
  over.give("b", () => given.push("late"));
  over.close();
  await clock.advance(5_000);
  expect(given).toEqual(["b"]);
});
