import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { proportionalMemory } from "../processes/proc.ts";
import { untilQuiet } from "../processes/quiet.ts";
import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import type { Side } from "../sides/side.ts";
import { startWatt } from "../sides/watt.ts";

/** Memory of the platform with one app. */
export const memory: Row = {
  name: "memory",
  what: "memory of the platform, its spares and one idle Fastify replica",
  against: "Watt with the same app",
  reach: { atMost: 0.5 },
  how: "The sum of PSS (`/proc/PID/smaps_rollup`) over all processes, once the app has answered and nothing happens any more. Both sides run on a copy of Node.js of their own, so that no other program on the machine bears a share of it.",
  cause:
    "three processes of Node.js: the replica with the app, Fastify and zod takes two fifths, the platform a third, and the spare that waits for the next start the rest. Nothing of them is left that only starting needed.",
  linux: true,
  async measure(bench) {
    const node = ownNode(bench);
    const ours = (): Promise<number> => memoryOf(() => serveWithAppEnv(bench, { node }));
    const theirs = (): Promise<number> => memoryOf(() => startWatt(bench, node));
    return bench.pairs(ours, theirs, { rounds: 3, unit: "KiB", warmUp: 0 });
  },
};

/** A file of its own has its own pages in memory. */
export function ownNode(bench: Bench): string {
  const copy = join(bench.directory(), "node");
  copyFileSync(process.execPath, copy);
  return copy;
}

async function memoryOf(start: () => Promise<Side>): Promise<number> {
  await using side = await start();
  await side.answered();
  await untilQuiet(side.process.pid);
  return proportionalMemory(side.process.pid);
}
