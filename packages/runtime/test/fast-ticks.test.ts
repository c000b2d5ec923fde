import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 });

const fixture = fileURLToPath(new URL("fixtures/tick-cost.ts", import.meta.url));

/** The CPU time of a tick, the lowest of a few processes: others on the machine only add to it. */
function costOf(...args: readonly string[]): number {
  const once = (): number => Number(execFileSync(process.execPath, [fixture, ...args], { encoding: "utf8" }));
  return Math.min(once(), once(), once());
}

test("ticks of a process that keeps them fast stay so over garbage collections, which make others several times slower", () => {
  // If this fails since the second number has become small, Node or V8 has mended it, and the module can go.
  expect(costOf("kept")).toBeLessThan(costOf() / 1.5);
});
