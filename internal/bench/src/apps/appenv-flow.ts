// Prints the time of a run that calls a task a number of times in turn, in milliseconds.
import { run } from "@appenv/core";
import { Task } from "@appenv/client/tasks";
import { flowMs } from "./fibonacci.ts";
import { flow } from "./tasks.ts";

const [count = 0, n = 0, flows = 0] = process.argv.slice(2).map(Number);
await (await run(flow, { count: 0, n }, { local: true })).outputs();
const task = await Task.get(flow.fullName, { local: true });
console.log(await flowMs(flows, async () => (await task.run({ count, n })).outputs()));
