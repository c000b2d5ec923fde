import { describe, expect, it } from "vitest";
import { Autoscaler, type AutoscalerOptions } from "../../../src/apps/scaling/autoscaler.ts";

/** Feeds a constant load, a sample every 250 ms, and returns the clock at its end. */
function feed(scaler: Autoscaler, from: number, seconds: number, concurrency: number, requestsPerSecond = 0): number {
  const stepMs = 250;
  let now = from;
  for (let step = 0; step < (seconds * 1_000) / stepMs; step += 1) {
    now += stepMs;
    const requests = requestsPerSecond * (stepMs / 1_000);
    scaler.record({ at: now, ms: stepMs, busyMs: concurrency * stepMs, requests });
  }
  return now;
}

function autoscaler(options: Partial<AutoscalerOptions> = {}): Autoscaler {
  return new Autoscaler({ min: 0, max: 10, windowMs: 60_000, metric: { concurrency: 10 }, ...options });
}

describe("Autoscaler", () => {
  it("wants none without traffic, and the smallest number if one is declared", () => {
    expect(autoscaler().desired(1_000, 1)).toBe(0);
    expect(autoscaler({ min: 2 }).desired(1_000, 2)).toBe(2);
  });

  it("holds each replica at 70 % of the target concurrency", () => {
    const scaler = autoscaler();
    const now = feed(scaler, 0, 60, 21);
    expect(scaler.desired(now, 3)).toBe(3);
  });

  it("keeps one replica for the faintest traffic", () => {
    const scaler = autoscaler();
    const now = feed(scaler, 0, 10, 0.001);
    expect(scaler.desired(now, 1)).toBe(1);
  });

  it("goes to the maximum at once when a burst needs twice what is there", () => {
    const scaler = autoscaler();
    let now = feed(scaler, 0, 60, 1);
    now = feed(scaler, now, 6, 200);
    expect(scaler.desired(now, 1)).toBe(10);
  });

  it("does not scale down while in panic, and does afterwards, halving at most", () => {
    const scaler = autoscaler();
    let now = feed(scaler, 0, 6, 200);
    expect(scaler.desired(now, 1)).toBe(10);
    now = feed(scaler, now, 30, 1);
    expect(scaler.desired(now, 10)).toBe(10);
    now = feed(scaler, now, 60, 1);
    expect(scaler.desired(now, 10)).toBe(5);
    expect(scaler.desired(now, 5)).toBe(2);
    expect(scaler.desired(now, 2)).toBe(1);
  });

  it("counts requests a second when that is the metric", () => {
    const scaler = autoscaler({ metric: { requestRate: 100 } });
    const now = feed(scaler, 0, 60, 0.5, 350);
    expect(scaler.desired(now, 5)).toBe(5);
  });

  it("keeps a replica for an open socket also when requests a second are counted", () => {
    const scaler = autoscaler({ metric: { requestRate: 100 } });
    const now = feed(scaler, 0, 60, 1, 0);
    expect(scaler.desired(now, 1)).toBe(1);
  });

  it("averages over the time there is when the window is not full yet", () => {
    const scaler = autoscaler();
    const now = feed(scaler, 0, 5, 21);
    expect(scaler.desired(now, 3)).toBe(3);
  });

  it("forgets the past on reset", () => {
    const scaler = autoscaler();
    const now = feed(scaler, 0, 60, 100);
    scaler.reset();
    expect(scaler.desired(now, 1)).toBe(0);
  });
});
