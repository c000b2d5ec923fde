import { expect, test } from "vitest";
import { Scheduler, type Job, type Turn } from "../../src/scheduler/scheduler.ts";

const job = (run: number, changes: Partial<Job> & { readonly limit?: number } = {}): Job => ({
  run,
  environment: "e",
  task: "t",
  isolated: false,
  limits: { environment: Infinity, task: changes.limit ?? 1, lane: Infinity },
  ...changes,
});

test("a hundred thousand waiting jobs cost the same each as a few", () => {
  const scheduler = new Scheduler();
  const turns: Turn[] = [];
  let started = 0;
  const add = (run: number): Turn =>
    scheduler.add(job(run), (turn) => {
      started += 1;
      turns.push(turn);
    });
  for (let index = 0; index < 100_000; index += 1) add(index % 3);
  const middle = performance.now();
  for (let index = 0; index < 50_000; index += 1) turns[index]?.release();
  const took = performance.now() - middle;
  expect(started).toBe(50_001);
  // With a search through the queue it would be minutes.
  expect(took).toBeLessThan(5_000);
});

test("runs take turns, tasks take turns, and what was taken out of the queue does not start", () => {
  const scheduler = new Scheduler();
  const order: string[] = [];
  const running: Turn[] = [];
  const add = (name: string, run: number, task: string): Turn =>
    scheduler.add(job(run, { task, limits: { environment: 1, task: Infinity, lane: Infinity } }), (turn) => {
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

test("a paused job gives its place away and takes it back over the limit", () => {
  const scheduler = new Scheduler();
  const started: string[] = [];
  const add = (name: string): Turn => scheduler.add(job(1), () => started.push(name));
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
