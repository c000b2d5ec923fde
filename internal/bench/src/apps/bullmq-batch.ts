// Prints the time in which a batch of jobs is accepted, in milliseconds: the median of three. Nobody does them.
import { Queue } from "bullmq";
import { median } from "./median.ts";

const count = Number(process.argv[2]);
const connection = { host: "127.0.0.1", port: Number(process.env["REDIS_PORT"]), maxRetriesPerRequest: null };
const queue = new Queue(`batch-${process.pid}`, { connection });
await queue.waitUntilReady();
const times: number[] = [];
for (let batch = 0; batch < 4; batch += 1) {
  const jobs = Array.from({ length: count }, (_, index) => ({
    name: "later",
    data: { x: batch * count + index },
    opts: { delay: 3_600_000 },
  }));
  const started = performance.now();
  await queue.addBulk(jobs);
  times.push(performance.now() - started);
}
console.log(median(times.slice(1)));
await queue.close();
