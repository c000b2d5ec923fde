import { expect, it } from "vitest";
import { CrashBackoff } from "../../src/replicas/crash-backoff.ts";

const stableMs = 60_000;

it("lets the first crash restart at once, and each further one wait twice as long, up to 30 seconds", () => {
  const backoff = new CrashBackoff();
  const waits = Array.from({ length: 12 }, () => {
    backoff.crashed(1_000, 10, stableMs);
    return backoff.waitMs(1_000);
  });
  expect(waits.slice(0, 5)).toEqual([0, 250, 500, 1_000, 2_000]);
  expect(waits.at(-1)).toBe(30_000);
});

it("is in a loop after five crashes in a row", () => {
  const backoff = new CrashBackoff();
  for (let crash = 1; crash <= 5; crash += 1) {
    expect(backoff.looping).toBe(false);
    backoff.crashed(0, 10, stableMs);
  }
  expect(backoff.looping).toBe(true);
});

it("begins anew after a replica that lived long, and after a reset", () => {
  const backoff = new CrashBackoff();
  for (let crash = 0; crash < 4; crash += 1) backoff.crashed(0, 10, stableMs);
  backoff.crashed(0, stableMs, stableMs);
  expect(backoff.waitMs(0)).toBe(0);
  backoff.crashed(0, 10, stableMs);
  backoff.reset();
  expect(backoff.waitMs(0)).toBe(0);
});
