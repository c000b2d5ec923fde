import { expect, test } from "vitest";
import { durationMs } from "../src/internal.ts";
import { expectError } from "./helpers.ts";

test.each([
  [0, 0],
  [30, 30_000],
  [0.5, 500],
  ["500ms", 500],
  ["30s", 30_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["2d", 172_800_000],
  ["1h30m", 5_400_000],
  ["3 days", 259_200_000],
  ["1 hour 30 minutes", 5_400_000],
  ["2w", 1_209_600_000],
  ["1 week", 604_800_000],
  ["1.5s", 1_500],
])("%s is %i ms", (value, ms) => {
  expect(durationMs(value, "timeout")).toBe(ms);
});

test.each([
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "30",
  "5 moons",
  "5minutes",
  "-5s",
  "s",
  null as never,
  {} as never,
])("%s is no duration", (value) => {
  expectError(() => durationMs(value, "scaling.scaledownAfter"), "INVALID_DURATION", "scaling.scaledownAfter", '"30s"');
});
