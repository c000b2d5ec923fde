import { latencyBucketEndMs, latencyBucketOf, latencyBuckets } from "@appenv/runtime/ipc";
import { Random } from "@appenv-internal/test-support/random";
import { describe, expect, test } from "vitest";
import { latencyQuantileMs } from "../../src/metrics/latency-quantile.ts";

function countsOf(times: readonly number[]): number[] {
  const counts = Array.from({ length: latencyBuckets }, () => 0);
  for (const ms of times) counts[latencyBucketOf(ms)]! += 1;
  return counts;
}

function timesOf(make: (random: () => number) => number): readonly number[] {
  const random = new Random(1);
  return Array.from({ length: 20_000 }, () => make(() => random.next())).toSorted((a, b) => a - b);
}

const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

describe("quantiles of the buckets", () => {
  test.each([
    ["spread evenly", 0.1, (random: () => number) => 1 + 99 * random()],
    ["of an exponential law", 0.05, (random: () => number) => -20 * Math.log(random())],
    ["of a log-normal law", 0.05, (random: () => number) => Math.exp(1 + 1.5 * normal(random))],
  ] as const)("are a few percent off the exact ones for times that are %s", (_, limit, make) => {
    const times = timesOf(make);
    for (const part of [0.5, 0.9, 0.95, 0.99]) {
      const exact = times[Math.ceil(part * times.length) - 1]!;
      const found = latencyQuantileMs(countsOf(times), part)!;
      expect(Math.abs(found / exact - 1)).toBeLessThan(limit);
    }
  });

  test("are within a bucket's width for any times", () => {
    const random = new Random(2);
    for (let round = 0; round < 300; round += 1) {
      const few = Array.from({ length: 1 + (round % 7) }, () => 0.13 * 1.5e6 ** random.next());
      few.sort((a, b) => a - b);
      for (const part of [0.5, 0.95, 0.99]) {
        const exact = few[Math.ceil(part * few.length) - 1]!;
        const ratio = latencyQuantileMs(countsOf(few), part)! / exact;
        expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.19);
      }
    }
  });

  test("a time belongs to the bucket that ends at it or after it", () => {
    for (const [ms, bucket] of [
      [0, 0],
      [0.125, 0],
      [0.1251, 1],
      [0.25, 4],
      [0.2501, 5],
      [1e9, latencyBuckets - 1],
      [NaN, 0],
    ] as const) {
      expect(latencyBucketOf(ms)).toBe(bucket);
    }
    expect(latencyBucketEndMs(latencyBuckets - 2)).toBeCloseTo(262_144, 5);
    expect(latencyQuantileMs(countsOf([]), 0.5)).toBeUndefined();
  });
});
