import { expect, test, vi } from "vitest";
import { MemoryWatch } from "../../src/replicas/pool/memory-watch.ts";
import { readProcesses } from "../../src/replicas/pool/process-table.ts";

test("looks only while somebody is watched, and more rarely where looking is slow", () => {
  vi.useFakeTimers();
  let reads = 0;
  const watch = new MemoryWatch(() => {
    reads += 1;
    // It takes 50 ms: so as to take a hundredth of the time, it is done every 5 seconds.
    vi.setSystemTime(Date.now() + 50);
    vi.advanceTimersByTime(50);
    return { memoryOf: (pid) => pid * 100 };
  });
  const over: number[] = [];
  const stops = [watch.add(1, 100, (used) => over.push(used)), watch.add(2, 100, (used) => over.push(used))];
  vi.advanceTimersByTime(1_000);
  expect([reads, over]).toEqual([1, [200]]);
  vi.advanceTimersByTime(4_000);
  expect(reads).toBe(1);
  vi.advanceTimersByTime(2_000);
  expect(reads).toBe(2);
  for (const stop of stops) stop();
  vi.advanceTimersByTime(60_000);
  expect(reads).toBe(2);
  vi.useRealTimers();
});

test.runIf(process.platform === "linux")("sees about what a process says of itself", () => {
  const used = readProcesses()?.memoryOf(process.pid) ?? 0;
  expect(used).toBeGreaterThan(process.memoryUsage.rss() / 2);
  expect(readProcesses()?.memoryOf(2 ** 22 + 1)).toBe(0);
});
