import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import type { Row } from "../row.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { startRedis } from "../sides/redis.ts";

/** Number of calls of a pair on either side, after as many that do not count. */
const calls = 500;

/** The cost of a durable call inside a run. */
export const nestedAction: Row = {
  name: "nested-action",
  what: "nested durable action, call to result, p50",
  against: "BullMQ on Redis without fsync, `add` to finished",
  reach: { atMost: 0.6 },
  how: `A task calls a trivial child ${calls} times in turn and takes the time of each call, after a run with as many that does not count; the median is the side's number. On the other side \`queue.add\` and \`job.waitUntilFinished\`, with the worker in another process, as many in turn. Durability: with AppEnv each child's result is on disk before its caller has it (SQLite, \`synchronous=FULL\`); Redis writes nothing to disk (\`--save "" --appendonly no\`), so a power cut loses everything there.`,
  cause:
    "in a CPU profile of the platform under these calls, two thirds of the time it was busy went into the store's transactions, which wait for the disk, and a tenth into messages to the worker; Redis waits for no disk.",
  needs: ["redis-server"],
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    await using redis = await startRedis(bench);
    const ours = async (): Promise<number> => Number(await platform.script("durable-calls", calls));
    // Awaited here: what is in use ends with this function.
    return await bench.pairs(ours, () => bullMqJobs(bench, redis.port), { rounds: 5, unit: "ms" });
  },
};

async function bullMqJobs(bench: Bench, port: number): Promise<number> {
  const cwd = await bench.bullMq();
  const env = { NODE_ENV: "production", REDIS_PORT: String(port) };
  return Number(await runToEnd([process.execPath, join("apps", "bullmq-jobs.js"), String(calls)], { cwd, env }));
}
