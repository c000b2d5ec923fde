import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";
import type { Figures } from "../stats/figures.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { freePort } from "../sides/ports.ts";
import type { Side } from "../sides/side.ts";
import { startWatt } from "../sides/watt.ts";

/** The time a person waits after the command. */
export const timeToUrl: Row = {
  name: "time-to-url",
  what: "`appenv serve` until the URL answers, nothing running",
  against: "`wattpm start` with the same app",
  reach: { atMost: 0.4 },
  how: "New processes in each round, NODE_ENV=production on both sides, from the start of the command's process to the first byte of an answer; a connection that is refused is tried again after a millisecond. The caches of both sides are warm from a round that does not count. In the second line AppEnv's state directory, with its caches, is new in each round.",
  cause:
    "the steps follow one another: the command imports the client with the descriptors of Flyte's messages, bundles the file and runs it, then starts the platform, and only then a replica's process boots and imports the same packages again.",
  async measure(bench) {
    const again = { home: bench.directory(), port: await freePort() };
    const warm = await compareStarts(bench, () => serveWithAppEnv(bench, again), 5);
    const cold = await compareStarts(bench, () => serveWithAppEnv(bench), 3);
    const extra = { what: "the same, for the first time", against: "`wattpm start` with the same app" };
    return { ...warm, also: [{ ...extra, ...cold }] };
  },
};

async function compareStarts(bench: Bench, ours: () => Promise<Side>, rounds: number): Promise<Figures> {
  const pairing = { rounds, unit: "ms" };
  return bench.pairs(
    () => timeToAnswer(ours),
    () => timeToAnswer(() => startWatt(bench)),
    pairing,
  );
}

/** In milliseconds, from the start of the process. */
async function timeToAnswer(start: () => Promise<Side>): Promise<number> {
  await using side = await start();
  return (await side.answered()) - side.process.startedAt;
}
