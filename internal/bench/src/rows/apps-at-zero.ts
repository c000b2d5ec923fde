import type { Bench } from "../bench.ts";
import { proportionalMemory } from "../processes/proc.ts";
import type { Row } from "../row.ts";
import { copyApps } from "../sides/many-apps.ts";
import { freePorts } from "../sides/ports.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { ownNode } from "./memory.ts";

const count = 1_000;

/** Memory of an app that nobody uses. */
export const appsAtZero: Row = {
  name: "apps-at-zero",
  what: "memory of each of 1,000 apps deployed, all at zero replicas",
  against: "the same platform without apps",
  reach: { atMost: 64 },
  how: "PSS as above, of a platform that was started with 1,000 apps less that of one that was started without any, divided by 1,000. One app is deployed; the others are copies of it in the platform's database, since each deployment starts its app once.",
  linux: true,
  async measure(bench) {
    const values: number[] = [];
    for (let round = 0; round < bench.rounds(3); round += 1) values.push(await memoryOfEach(bench));
    return { values, unit: "KiB" };
  },
};

/** In KiB. */
async function memoryOfEach(bench: Bench): Promise<number> {
  await using platform = new RunningPlatform(bench, { node: ownNode(bench) });
  await platform.start();
  const empty = await memoryOf(platform);
  await platform.serve("hello", "hello");
  await platform.stop();
  copyApps(platform.home, await freePorts(count - 1));
  await platform.start();
  const full = await memoryOf(platform);
  await platform.script("check-apps", String(count));
  return (full - empty) / count;
}

async function memoryOf(platform: RunningPlatform): Promise<number> {
  await platform.untilQuiet();
  return proportionalMemory(platform.pid);
}
