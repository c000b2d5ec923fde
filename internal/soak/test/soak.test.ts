import { expect, test, vi } from "vitest";
import { soak } from "../src/soak.ts";

// Most of it is waiting until what ends by itself has ended.
vi.setConfig({ testTimeout: 240_000 });

test.runIf(process.platform === "linux")(
  "after some rounds of everything a platform has what it had before",
  async () => {
    const { done, grown } = await soak(4, () => {});
    expect(grown).toEqual([]);
    expect(done.rounds).toBeGreaterThan(0);
  },
);
