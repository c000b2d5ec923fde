// Prints the number of workflows with one step that end in a second, with a constant number under way.
import { DBOS } from "@dbos-inc/dbos-sdk";
import { endedPerSecond } from "./rate.ts";

const [atOnce = 0, seconds = 0] = process.argv.slice(2).map(Number);
const oneStep = DBOS.registerWorkflow((x: number) => DBOS.runStep(async () => x + 1, { name: "next" }), {
  name: "one_step",
});
DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: process.env["DATABASE_URL"] ?? "",
  logLevel: "warn",
});
await DBOS.launch();
const rate = await endedPerSecond(atOnce, seconds, async (x) => (await DBOS.startWorkflow(oneStep)(x)).getResult());
await DBOS.shutdown();
console.log(rate);
