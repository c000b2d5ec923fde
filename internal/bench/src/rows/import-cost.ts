import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import type { Row } from "../row.ts";

/** The time that the adapter adds to a program's start. */
export const importCost: Row = {
  name: "import-cost",
  what: "import of @appenv/fastify",
  against: "after the import of fastify and zod",
  reach: { atMost: 15 },
  how: "The import in a new process that has imported fastify and zod before. Node's compile cache is on, as in a replica; in the second line it is off.",
  async measure(bench) {
    const cache = bench.directory();
    const values = await importTimes(bench, { NODE_COMPILE_CACHE: cache });
    const without = await importTimes(bench, { NODE_COMPILE_CACHE: undefined });
    const extra = { what: "the same, without the compile cache", against: "after the import of fastify and zod" };
    return { values, unit: "ms", also: [{ ...extra, values: without, unit: "ms" }] };
  },
};

/** The first run fills the caches and does not count. */
async function importTimes(bench: Bench, env: Record<string, string | undefined>): Promise<number[]> {
  const cwd = await bench.appenv();
  const times: number[] = [];
  for (let round = -1; round < bench.rounds(9); round += 1) {
    const time = Number(await runToEnd([process.execPath, join("apps", "import-cost.js")], { cwd, env }));
    if (round >= 0) times.push(time);
  }
  return times;
}
