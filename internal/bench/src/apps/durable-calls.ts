// Prints the time of a call of a durable child inside a run: the median, in milliseconds.
import { run } from "@appenv/core";
import { median } from "./median.ts";
import { inTurn } from "./tasks.ts";

const calls = Number(process.argv[2]);
const warmUp = await run(inTurn, { first: 0, calls }, { local: true });
await warmUp.outputs();
const measured = await run(inTurn, { first: calls, calls }, { local: true });
console.log(median(await measured.outputs()));
