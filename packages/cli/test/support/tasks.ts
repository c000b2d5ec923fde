/** The source of a file with tasks: a plain one, one that fails, one that waits for a condition, and a trigger. */
export const taskSource = `
import { condition, cron, TaskEnvironment, trace } from "@appenv/core";
import { z } from "zod";
export const tasks = new TaskEnvironment({ name: "math", description: "Arithmetic" });
export const addOne = tasks.task(
  {
    name: "add_one",
    description: "Adds one.",
    input: z.object({ x: z.int().describe("a number"), name: z.string().default("nobody") }),
    output: z.int(),
    triggers: [{ name: "yearly", automation: cron("0 0 1 1 *"), inputs: { x: 1 } }],
  },
  ({ x, name }, { log }) => {
    log.info("hello " + name);
    return x + 1;
  },
);
tasks.task({ name: "fail", input: z.object({ why: z.string() }) }, ({ why }) => {
  throw new TypeError(why);
});
tasks.task({ name: "ask", input: z.object({ x: z.int() }), output: z.string() }, async ({ x }, { log }) => {
  const y = await addOne({ x });
  log.info("asking after " + y);
  const answer = await condition({ name: "approve", prompt: "Go on?" });
  return y + " " + answer;
});
`;
