// Prints the number of runs with one step that end in a second, with a constant number under way.
import { run } from "@appenv/core";
import { Task } from "@appenv/client/tasks";
import { endedPerSecond } from "./rate.ts";
import { oneStep } from "./tasks.ts";

const [atOnce = 0, seconds = 0] = process.argv.slice(2).map(Number);
await (await run(oneStep, { x: 0 }, { local: true })).outputs();
const task = await Task.get(oneStep.fullName, { local: true });
console.log(await endedPerSecond(atOnce, seconds, async (x) => (await task.run({ x })).outputs()));
