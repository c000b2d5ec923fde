import { setTimeout as sleep } from "node:timers/promises";
import { census, type Census } from "./census.ts";
import { clientsWork } from "./clients.ts";
import { grownSince } from "./grown.ts";
import { startPlatform, type SoakedPlatform } from "./platform.ts";
import type { Done } from "./workload.ts";

/** The findings of a soak. */
export interface SoakResult {
  readonly before: Census;
  readonly after: Census;
  readonly done: Done;
  /** The kinds of resources that have grown; empty if all is well. */
  readonly grown: readonly string[];
}

/** Rounds after which everything has been loaded and opened once. */
const warmUpRounds = 3;
/** Time limit for idle workers, connections and drains to end by themselves, in milliseconds. */
const settleMs = 60_000;

/** Has clients work for this number of seconds, and compares the platform's resources afterwards with those before. */
export async function soak(seconds: number, say: (line: string) => void): Promise<SoakResult> {
  await using platform = await startPlatform();
  await clientsWork(platform, { rounds: warmUpRounds, seconds: 0 });
  const before = await settled(platform, undefined);
  say(`Before: ${JSON.stringify(before)}`);
  const done = await clientsWork(platform, { rounds: 1, seconds }, (so) => {
    if (so.rounds % 25 === 0) say(JSON.stringify(so));
  });
  const after = await settled(platform, before);
  say(`After: ${JSON.stringify(after)}`);
  const warnings = platform.stderr.filter((line) => /Warning: |was not caught|failed: /.test(line));
  return { before, after, done, grown: [...grownSince(before, after), ...warnings] };
}

/**
 * Counts until the counts are those of before. Without any, until they do not change: that alone is no sign of the end
 * afterwards, when what drains may take longer than a few counts.
 */
async function settled(platform: SoakedPlatform, before: Census | undefined): Promise<Census> {
  let last = await census(platform);
  const until = performance.now() + settleMs;
  for (let same = 0; performance.now() < until;) {
    if (before === undefined ? same === 3 : grownSince(before, last).length === 0) return last;
    await sleep(1_000);
    const next = await census(platform);
    same = grownSince(next, last).length === 0 && grownSince(last, next).length === 0 ? same + 1 : 0;
    last = next;
  }
  return last;
}
