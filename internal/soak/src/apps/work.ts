// The app and the tasks that the soak serves and runs.
import { AppEnvironment, cron, fixedRate, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const app = new AppEnvironment({
  name: "soaked",
  requiresAuth: false,
  scaling: { replicas: [0, 2], scaledownAfter: "1s" },
});
app.server(() => (request, response) => {
  // An answer that takes a while, for clients that do not wait for it.
  if (request.url === "/slow") return void response.write("...");
  response.end(process.env["ROUND"] ?? "");
});

export const tasks = new TaskEnvironment({ name: "soaked-tasks", reusable: { idleTtl: "1s" } });

const square = tasks.task({ name: "square", input: z.object({ x: z.int() }), output: z.int() }, ({ x }) => x * x);

export const sum = tasks.task(
  {
    name: "sum",
    input: z.object({ upTo: z.int().default(3) }),
    output: z.int(),
    triggers: [
      { name: "each-minute", automation: cron("* * * * *") },
      { name: "at-a-rate", automation: fixedRate("1m") },
    ],
  },
  async ({ upTo }) => {
    const squares = await Promise.all(Array.from({ length: upTo }, (_, x) => square({ x })));
    return squares.reduce((one, other) => one + other, 0);
  },
);

/** Never ends by itself. */
export const endless = tasks.task({ name: "endless", input: z.object({}) }, async (_, { signal }) => {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
});

/** Ends its process. */
export const crashing = tasks.task({ name: "crashing", input: z.object({}), isolated: true }, () => process.exit(3));
