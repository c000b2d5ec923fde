import type { Bench } from "../bench.ts";
import { proportionalMemory } from "../processes/proc.ts";
import type { Row } from "../row.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { ownNode } from "./memory.ts";

/** What an app costs that nobody uses. */
export const appsAtZero: Row = {
  name: "apps-at-zero",
  what: "memory of each of 1,000 apps deployed, all at zero replicas",
  against: "the same platform before",
  reach: { atMost: 64 },
  how: "PSS as above, of a platform with 1,000 apps less the same platform without any, divided by 1,000. In the second line both were started again, so that what is left over from deploying is not counted.",
  linux: true,
  async measure(bench) {
    const count = bench.quick ? 100 : 1_000;
    const first: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < bench.rounds(1); round += 1) {
      const { deployed, restarted } = await memoryOfApps(bench, count);
      first.push(deployed / count);
      again.push(restarted / count);
    }
    const extra = { what: "the same, after a restart of the platform", against: "a platform without apps, restarted" };
    return { values: first, unit: "KiB", also: [{ ...extra, values: again, unit: "KiB" }] };
  },
};

interface Growth {
  readonly deployed: number;
  readonly restarted: number;
}

/** In KiB, for all apps together. */
async function memoryOfApps(bench: Bench, count: number): Promise<Growth> {
  await using platform = new RunningPlatform(bench, ownNode(bench));
  const restart = async (): Promise<number> => {
    await platform.stop();
    await platform.start();
    return memoryOf(platform);
  };
  await platform.start();
  const empty = await restart();
  await platform.script("deploy-many", String(count));
  const deployed = (await memoryOf(platform)) - empty;
  return { deployed, restarted: (await restart()) - empty };
}

async function memoryOf(platform: RunningPlatform): Promise<number> {
  await platform.untilQuiet();
  return proportionalMemory(platform.pid);
}
