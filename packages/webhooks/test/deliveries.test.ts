import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { jsonAnswer, type Answer } from "../src/http/answer.ts";
import { Deliveries } from "../src/webhook/deliveries.ts";

/** The deliveries among these that are answered from memory. */
async function known(deliveries: Deliveries, ids: readonly string[]): Promise<string[]> {
  // An answer is counted after whoever asked for it has it.
  await setImmediate();
  const found: string[] = [];
  for (const id of ids) {
    let called = false;
    await deliveries
      .once(id, async () => {
        called = true;
        throw new Error("not remembered");
      })
      .catch(() => {});
    if (!called) found.push(id);
  }
  return found;
}

const answered = (bytes: number) => async (): Promise<Answer> => jsonAnswer(200, "x".repeat(bytes));

test("above the bytes the oldest are forgotten, and only they", async () => {
  const deliveries = new Deliveries({ deliveries: 100, bytes: 1_000 });
  const ids = ["a", "b", "c", "d", "e"];
  for (const id of ids) await deliveries.once(id, answered(240));
  // Four fit, with their quotes and ids.
  expect(await known(deliveries, ids)).toEqual(["b", "c", "d", "e"]);
  await deliveries.once("large", answered(700));
  expect(await known(deliveries, [...ids, "large"])).toEqual(["e", "large"]);
  await deliveries.once("larger than all", answered(2_000));
  expect(await known(deliveries, [...ids, "large", "larger than all"])).toEqual([]);
  await deliveries.once("f", answered(10));
  expect(await known(deliveries, ["f"])).toEqual(["f"]);
});

test("above the number the oldest are forgotten, but none that is being handled", async () => {
  const deliveries = new Deliveries({ deliveries: 2, bytes: 1_000_000 });
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const slow = deliveries.once("slow", () => promise);
  for (const id of ["a", "b", "c"]) await deliveries.once(id, answered(1));
  expect(await known(deliveries, ["a", "b", "c"])).toEqual(["c"]);
  let calls = 0;
  const again = deliveries.once("slow", async () => jsonAnswer(200, (calls += 1)));
  resolve(jsonAnswer(200, "done"));
  expect(await again).toBe(await slow);
  expect(calls).toBe(0);
  // Its age is that of its answer.
  await deliveries.once("d", answered(1));
  expect(await known(deliveries, ["c", "slow", "d"])).toEqual(["slow", "d"]);
});
