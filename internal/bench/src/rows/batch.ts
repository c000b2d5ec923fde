import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import type { Row } from "../row.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { startRedis } from "../sides/redis.ts";

const count = 10_000;
const words = count.toLocaleString("en-US");

/** The time in which many runs are accepted. */
export const batch: Row = {
  name: "batch",
  what: `${words} runs started by one \`runAll\`, until all are accepted`,
  against: `BullMQ on Redis without fsync, \`addBulk\` of ${words} jobs`,
  how: `A client starts ${words} runs with one call (\`runAll\`), to begin in an hour, so that nothing else happens meanwhile; on the other side \`queue.addBulk\` with the same delay. The median of three such calls, after one that does not count, is the side's number. AppEnv's runs are on disk when the call resolves, all in one transaction; Redis writes nothing to disk.`,
  needs: ["redis-server"],
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    await using redis = await startRedis(bench);
    const ours = async (): Promise<number> => Number(await platform.script("appenv-batch", count));
    // Awaited here: what is in use ends with this function.
    return await bench.pairs(ours, () => bullMqBatch(bench, redis.port), { rounds: 5, unit: "ms" });
  },
};

async function bullMqBatch(bench: Bench, port: number): Promise<number> {
  const cwd = await bench.bullMq();
  const env = { NODE_ENV: "production", REDIS_PORT: String(port) };
  return Number(await runToEnd([process.execPath, join("apps", "bullmq-batch.js"), String(count)], { cwd, env }));
}
