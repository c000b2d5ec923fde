import { TaskEnvironment } from "@appenv/core";
import { expect, test } from "vitest";
import type { Checkpoints } from "../src/task/checkpoints.ts";
import { beginInTime } from "../src/task/time-limits.ts";

const startedAt = Date.now();
const checkpoints = { firstTime: async () => startedAt } as unknown as Checkpoints;
const tasks = new TaskEnvironment({ name: "tasks" });

/** Settings of a task, and the milliseconds that its attempt waits. */
async function begin(name: string, options: Parameters<typeof tasks.task>[0], attempt: number) {
  const { settings } = tasks.task({ ...options, name }, () => {});
  const before = performance.now();
  const limits = await beginInTime(settings, attempt, checkpoints);
  return { limits, waitedMs: performance.now() - before };
}

test("a retry waits for its backoff, up to the cap, and no longer than until the deadline", async () => {
  const retries = { count: 5, backoff: { base: 0.04, factor: 2, cap: 0.1 } };
  const [first, third, fifth, late] = await Promise.all([
    begin("first", { name: "", retries }, 1),
    begin("third", { name: "", retries }, 3),
    begin("fifth", { name: "", retries }, 5),
    begin("late", { name: "", retries: { count: 9, backoff: { base: 60 } }, timeout: { deadline: 0.05 } }, 2),
  ]);
  expect(third.waitedMs).toBeGreaterThanOrEqual(79);
  expect(fifth.waitedMs).toBeGreaterThanOrEqual(99);
  expect(late.limits.deadline).toBe(startedAt + 50);
  // Timers may be late, so that only the order is sure.
  expect(first.waitedMs).toBeLessThan(third.waitedMs);
  expect(late.waitedMs).toBeLessThan(30_000);
});
