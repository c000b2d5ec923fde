import { expect, test, vi } from "vitest";
import { soak } from "../src/soak.ts";

// Most of the time goes into waiting for workers and connections to end by themselves.
vi.setConfig({ testTimeout: 240_000 });

test.runIf(process.platform === "linux")(
  "after some rounds of everything a platform has what it had before",
  async () => {
    const { done, grown } = await soak(4, () => {});
    expect(grown).toEqual([]);
    expect(done.rounds).toBeGreaterThan(0);
  },
);
