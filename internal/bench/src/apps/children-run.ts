// Makes one run with a number of children, and prints its name.
import { run } from "@appenv/core";
import { atOnce } from "./tasks.ts";

const [calls = 0] = process.argv.slice(2).map(Number);
const children = await run(atOnce, { first: 0, calls, concurrency: 64 }, { local: true });
await children.outputs();
console.log(children.name);
