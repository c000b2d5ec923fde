// Prints the number of durable children of one run that end in a second, with a constant number under way.
import { run } from "@appenv/core";
import { atOnce } from "./tasks.ts";

const [concurrency = 0, calls = 0] = process.argv.slice(2).map(Number);
const warmUp = await run(atOnce, { first: 0, calls, concurrency }, { local: true });
await warmUp.outputs();
const measured = await run(atOnce, { first: calls, calls, concurrency }, { local: true });
console.log((calls * 1_000) / (await measured.outputs()));
