import { expect, test } from "vitest";
import { Scaling } from "../src/index.ts";
import { expectError } from "./helpers.ts";

test("the default is none or one replica", () => {
  expect(new Scaling()).toEqual({ min: 0, max: 1, metric: undefined, scaledownAfterMs: undefined });
});

test("a number fixes the replicas, a pair bounds them", () => {
  expect(new Scaling({ replicas: 3 })).toMatchObject({ min: 3, max: 3 });
  expect(new Scaling({ replicas: 0 })).toMatchObject({ min: 0, max: 0 });
  expect(new Scaling({ replicas: [1, 5] })).toMatchObject({ min: 1, max: 5 });
});

test.each([[-1], [1.5], [[0, 0]], [[3, 2]], [[-1, 2]], [[1]], [[1, 2, 3]], ["2"]])(
  "replicas %j are refused",
  (replicas) => {
    expectError(() => new Scaling({ replicas: replicas as never }), "INVALID_OPTION", "scaling.replicas");
  },
);

test("both metrics are kept", () => {
  expect(new Scaling({ metric: { concurrency: 10 } }).metric).toEqual({ concurrency: 10 });
  expect(new Scaling({ metric: { requestRate: 100 } }).metric).toEqual({ requestRate: 100 });
});

test.each([{}, { concurrency: 0 }, { requestRate: 1.5 }, { concurrency: 1, requestRate: 1 }, { cpu: 80 }, 5, null])(
  "metric %j is refused",
  (metric) => {
    expectError(() => new Scaling({ metric: metric as never }), "INVALID_OPTION", "scaling.metric", "concurrency: N");
  },
);

test("scaledownAfter is a duration, and 0 leaves the default", () => {
  expect(new Scaling({ scaledownAfter: "5m" }).scaledownAfterMs).toBe(300_000);
  expect(new Scaling({ scaledownAfter: 0 }).scaledownAfterMs).toBeUndefined();
  expectError(() => new Scaling({ scaledownAfter: "soon" }), "INVALID_DURATION", "scaling.scaledownAfter", '"soon"');
});

test("scaling must be an object", () => {
  expectError(() => Scaling.from(3 as never), "INVALID_OPTION", "scaling is 3");
});
