import type { Bench } from "../bench.ts";
import { firstByte } from "../load/first-byte.ts";
import type { Row } from "../row.ts";
import type { Figures } from "../stats/figures.ts";
import { startBare } from "../sides/bare.ts";
import { RunningPlatform } from "../sides/platform.ts";

/** The cost of scaling to zero for the first request. */
export const coldStart: Row = {
  name: "cold-start",
  what: "first byte of a Fastify app at zero replicas",
  against: "`node bare.js` until its first byte",
  reach: { atMost: 0.3 },
  how: "From `connect` to the first byte of the answer, with the app at zero replicas: the platform's API says when it is back there, and nothing happens any more. On the other side from the start of the process; a connection that is refused is tried again after a millisecond. In the second line two apps take turns, so that it is never the one that was used last.",
  cause:
    "the spare that is kept for the app has imported its packages, but Fastify loads ajv and fast-json-stringify only when an instance is made (`buildSchemaController`): about half of the time from the start message to the first byte. After that come source maps that are read for packages too, and the process of the next spare, which is started before the waiting connection is passed on.",
  linux: true,
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    const app = await appAtZero(platform, "short-lived-1");
    const last = await compareWithStart(bench, app, 5);
    const other = await appAtZero(platform, "short-lived-2");
    let turn = 0;
    const measureTurn = (): Promise<number> => ((turn += 1) % 2 === 0 ? app() : other());
    const figures = await compareWithStart(bench, measureTurn, 3);
    const extra = { what: "the same, another app was used last", against: "`node bare.js` until its first byte" };
    return { ...last, also: [{ ...extra, ...figures }] };
  },
};

async function compareWithStart(bench: Bench, ours: () => Promise<number>, rounds: number): Promise<Figures> {
  return bench.pairs(ours, () => startOfBare(bench), { rounds, unit: "ms" });
}

/** Serves the app. Each call of the returned function waits until the app is at zero, then measures its first byte. */
async function appAtZero(platform: RunningPlatform, name: string): Promise<() => Promise<number>> {
  const port = await platform.serve("short-lived", name);
  return async () => {
    await platform.untilZero(name);
    const started = performance.now();
    return (await firstByte(port)) - started;
  };
}

async function startOfBare(bench: Bench): Promise<number> {
  await using side = await startBare(bench);
  return (await side.answered()) - side.process.startedAt;
}
