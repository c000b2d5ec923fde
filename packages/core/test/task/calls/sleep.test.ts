import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { now, random, sleep, sleepUntil, uuid } from "../../../src/index.ts";
import { FakeRunContext } from "./fake-run-context.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

test("outside a run a sleep just waits, also longer than a timer of Node can", async () => {
  let over = false;
  const slept = sleep("30 days").then(() => (over = true));
  await vi.advanceTimersByTimeAsync(30 * 86_400_000 - 1);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await slept;
  await sleepUntil(new Date(0));
});

test("inside a run the platform is asked for it, once with a key", async () => {
  const context = new FakeRunContext();
  await context.run(async () => {
    await sleep("1h", { key: "first" });
    await sleepUntil(new Date(5));
    await now();
  });
  expect(context.asked.map(({ what }) => what)).toEqual([
    'sleep {"ms":3600000} first',
    'sleep {"until":5}',
    "trace now []",
  ]);
});

test("outside a run the time and chance are those of the machine", async () => {
  expect(await now()).toEqual(new Date());
  const [one, other] = [await random(), await random()];
  expect(one).not.toBe(other);
  expect(await uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});

test.each([
  [() => sleep("soon"), "INVALID_DURATION"],
  [() => sleep("40000d"), "INVALID_OPTION"],
  [() => sleep(1, { key: "" }), "INVALID_OPTION"],
  [() => sleep(1, { keys: "x" } as never), "INVALID_OPTION"],
  [() => sleepUntil(new Date(Number.NaN)), "INVALID_OPTION"],
])("a sleep that cannot be is refused: %s", async (rest, code) => {
  await expect(rest()).rejects.toMatchObject({ code });
});
