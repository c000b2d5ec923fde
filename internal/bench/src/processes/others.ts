import { readFileSync } from "node:fs";
import { ticksWithEnded } from "./proc.ts";

/**
 * Starts watching other programs. The returned function gives the share of one processor that they have used
 * since then; 0 where that is unknown.
 */
export function watchOthers(): () => number {
  const started = performance.now();
  const before = othersTicks();
  return () => {
    const ticks = performance.now() - started === 0 ? 0 : othersTicks() - before;
    return Math.max(0, (ticks * 10) / (performance.now() - started));
  };
}

/** Processor time of all programs, less that of the benchmark and of its processes. */
function othersTicks(): number {
  return busyTicks() - ticksWithEnded(process.pid);
}

/** Time of user programs, of the kernel for them, and time the host took away. Interrupts belong to nobody. */
function busyTicks(): number {
  try {
    const [, user = 0, nice = 0, system = 0, , , , , steal = 0] = readFileSync("/proc/stat", "utf8")
      .slice(0, 200)
      .split("\n")[0]!
      .split(/\s+/)
      .map(Number);
    return user + nice + system + steal;
  } catch {
    return 0;
  }
}
