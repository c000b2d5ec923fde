// Does the jobs of bullmq-jobs until it is ended.
import { Worker } from "bullmq";

const connection = { host: "127.0.0.1", port: Number(process.env["REDIS_PORT"]), maxRetriesPerRequest: null };
const worker = new Worker(process.argv[2] ?? "", async ({ data }) => data.x + 1, { connection });
await worker.waitUntilReady();
process.send?.("ready");
process.once("message", () => void worker.close().then(() => process.exit()));
process.once("disconnect", () => process.exit());
