// Prints the time of a job from `add` until it is finished, one after another: the median, in milliseconds.
import { fork } from "node:child_process";
import { once } from "node:events";
import { Queue, QueueEvents } from "bullmq";
import { median } from "./median.ts";

const calls = Number(process.argv[2]);
const name = `bench-${process.pid}`;
const connection = { host: "127.0.0.1", port: Number(process.env["REDIS_PORT"]), maxRetriesPerRequest: null };
const worker = fork(new URL("bullmq-worker.js", import.meta.url), [name]);
await once(worker, "message");
const queue = new Queue(name, { connection });
// From the first event on: by default, events before it listens are lost.
const events = new QueueEvents(name, { connection, lastEventId: "0" });
await events.waitUntilReady();

const times: number[] = [];
for (let x = 0; x < calls * 2; x += 1) {
  const started = performance.now();
  const job = await queue.add("child", { x });
  await job.waitUntilFinished(events);
  times.push(performance.now() - started);
}
console.log(median(times.slice(calls)));

worker.send("end");
await Promise.all([queue.close(), events.close(), once(worker, "exit")]);
