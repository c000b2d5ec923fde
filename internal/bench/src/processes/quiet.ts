import { setTimeout as delay } from "node:timers/promises";
import { cpuTime } from "./proc.ts";

/** Duration of quiet, and the processor time that still counts as quiet, in milliseconds. */
const span = 1_000;
const noise = 20;

/**
 * Resolves when a process and all below it do nothing any more: spares are loaded, compilers in the background have
 * finished. Nothing announces that, so it is seen from outside.
 */
export async function untilQuiet(pid: number): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    const before = cpuTime(pid);
    await delay(span);
    if (Math.abs(cpuTime(pid) - before) <= noise) return;
  }
  throw new Error("The processes did not come to rest within a minute.");
}
