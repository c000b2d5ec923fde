import { condition, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

/** The tasks in the bundles of tests: see `platform-runs.test.ts`. */
export const tasks: TaskEnvironment = new TaskEnvironment({ name: "add-one" });

const numbers = { input: z.object({ x: z.int() }), output: z.int() };

export const addOne = tasks.task({ name: "add_one", ...numbers }, ({ x }, ctx) => {
  ctx.log.info("adding to", x);
  return x + 1;
});

/** Three children and a condition. */
export const tree = tasks.task({ name: "tree", ...numbers, report: true }, async ({ x }, ctx) => {
  const sums = await Promise.all([1, 2, 3].map((part) => addOne({ x: x * part })));
  const more = await condition({ name: "more", prompt: "More?" });
  ctx.report.append("<h1>Sums</h1>");
  return sums.reduce((sum, value) => sum + value, more ? 100 : 0);
});
