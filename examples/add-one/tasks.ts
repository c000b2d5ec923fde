import { run, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "add-one", description: "Arithmetic that survives anything" });

export const addOne = tasks.task(
  {
    name: "add_one",
    description: "Adds one to a number.",
    input: z.object({ x: z.int().describe("the number") }),
    output: z.int(),
    retries: 3,
    timeout: "30s",
  },
  ({ x }) => x + 1,
);

if (import.meta.main) {
  const run1 = await run(addOne, { x: 1 });
  console.log(await run1.outputs(), run1.url);
}
