// Makes one run with one step.
import { run } from "@appenv/core";
import { oneStep } from "./tasks.ts";

await (await run(oneStep, { x: 0 }, { local: true })).outputs();
