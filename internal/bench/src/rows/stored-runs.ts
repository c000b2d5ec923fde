import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";
import type { Figures } from "../stats/figures.ts";
import { copyState, stateWithOneRun, stateWithRuns } from "../sides/many-runs.ts";
import { RunningPlatform } from "../sides/platform.ts";

const count = 300_000;
const calls = 500;
const atOnce = 50;
const against = "the same with 1 stored run";

/** The cost of a long history. */
export const storedRuns: Row = {
  name: "stored-runs",
  what: `nested durable action, call to result, p50, with ${count.toLocaleString("en-US")} stored runs`,
  against,
  how: `How the costs of the two rows above grow: the platform with ${count.toLocaleString("en-US")} runs that have ended in its store beside one that has a single one: over a million rows. One run is made by the engine; the others are copies of its rows (run, actions, attempts) in the platform's database. Each measurement has a platform of its own, just started on a copy of that state. The second line is the time a run takes of the whole, ${atOnce} at once: a second divided by the runs that ended in it.`,
  async measure(bench) {
    const single = await stateWithOneRun(bench);
    const full = stateWithRuns(bench, single, count);
    const call = (home: string) => measureIn(bench, home, callMs);
    const each = (home: string) => measureIn(bench, home, (platform) => runMs(bench, platform));
    const pairs = (measure: (home: string) => Promise<number>): Promise<Figures> =>
      bench.pairs(
        () => measure(full),
        () => measure(single),
        { rounds: 3, warmUp: 0, unit: "ms" },
      );
    const what = `time of each durable run, ${atOnce} at once, with ${count.toLocaleString("en-US")} stored runs`;
    return { ...(await pairs(call)), also: [{ what, against, ...(await pairs(each)) }] };
  },
};

async function callMs(platform: RunningPlatform): Promise<number> {
  return Number(await platform.script("durable-calls", calls));
}

async function runMs(bench: Bench, platform: RunningPlatform): Promise<number> {
  return 1_000 / Number(await platform.script("durable-runs", atOnce, bench.seconds));
}

async function measureIn(
  bench: Bench,
  state: string,
  measure: (platform: RunningPlatform) => Promise<number>,
): Promise<number> {
  await using platform = new RunningPlatform(bench, { home: copyState(bench, state) });
  await platform.start();
  return await measure(platform);
}
