import { expect, test } from "vitest";
import type { Storage } from "../src/storage/storage.ts";
import { Checkpoints } from "../src/task/checkpoints.ts";

const result = { type: "succeeded", outputs: new Uint8Array([1]) } as const;

function directory(attempt: number): string {
  return `s3://b/ys/run/a0/${attempt}/_flytecheckpoints`;
}

/** Attempts of one action, one after the other. */
function attempts(): (attempt: number) => Checkpoints {
  const objects = new Map<string, Uint8Array>();
  const storage: Storage = {
    get: async (uri) => objects.get(uri),
    put: async (uri, bytes) => void objects.set(uri, bytes),
  };
  return (attempt) => new Checkpoints(storage, directory(attempt), attempt > 1 ? directory(attempt - 1) : undefined);
}

test("a trace is not lost by an attempt that ends before it comes to it", async () => {
  const begin = attempts();
  const first = begin(1);
  expect(await first.trace("t1")).toBeUndefined();
  await first.recordTrace("t1", result);
  await first.recordTrace("t2", result);
  for (const name of ["b", "a", "c"]) await first.recordGiven(name);
  const second = begin(2);
  expect(await second.trace("t1")).toEqual(result);
  await second.recordGiven("b");
  const third = begin(3);
  expect([await third.trace("t1"), await third.trace("t2"), await third.trace("t3")]).toEqual([
    result,
    result,
    undefined,
  ]);
  expect(await third.previousOrder()).toEqual(["b", "a", "c"]);
});

test("nothing is lost by an attempt that ended before it wrote anything", async () => {
  const begin = attempts();
  const first = begin(1);
  await first.recordTrace("t1", result);
  const startedAt = await first.firstTime("started");
  const third = begin(3);
  expect(await third.trace("t1")).toEqual(result);
  expect(await third.firstTime("started")).toBe(startedAt);
});

test("a container that is started again for the same attempt knows what it has done", async () => {
  const begin = attempts();
  for (const attempt of [1, 2]) {
    const killed = begin(attempt);
    expect(await killed.trace(`t${attempt}`)).toBeUndefined();
    await killed.recordTrace(`t${attempt}`, result);
    await killed.recordGiven(`t${attempt}`);
    expect(await begin(attempt).trace(`t${attempt}`)).toEqual(result);
  }
  expect(await begin(3).previousOrder()).toEqual(["t2", "t1"]);
  // The order is whole, however often and however early it ends.
  for (const given of ["t2", "t2"]) {
    const again = begin(3);
    await again.previousOrder();
    await again.recordGiven(given);
  }
  expect(await begin(3).previousOrder()).toEqual(["t2", "t1"]);
});
