// Prints the time of a workflow that has a number of steps in turn, in milliseconds.
import { DBOS } from "@dbos-inc/dbos-sdk";
import { fibonacci, flowMs } from "./fibonacci.ts";

const [count = 0, n = 0, flows = 0] = process.argv.slice(2).map(Number);
const flow = DBOS.registerWorkflow(
  async (of: number) => {
    for (let step = 0; step < count; step += 1) await DBOS.runStep(async () => fibonacci(of), { name: "fibonacci" });
    return count;
  },
  { name: "flow" },
);
DBOS.setConfig({ name: "bench", systemDatabaseUrl: process.env["DATABASE_URL"] ?? "", logLevel: "warn" });
await DBOS.launch();
const ms = await flowMs(flows, async () => (await DBOS.startWorkflow(flow)(n)).getResult());
await DBOS.shutdown();
console.log(ms);
