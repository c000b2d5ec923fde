import { setTimeout } from "node:timers/promises";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "python" });

export const addOne = tasks.task(
  { name: "add_one", input: z.object({ x: z.int(), by: z.int().default(1) }), output: z.int() },
  ({ x, by }, { log }) => {
    log.info(`adding ${by}`);
    return x + by;
  },
);

export const slow = tasks.task(
  { name: "slow", input: z.object({ seconds: z.number() }) },
  async ({ seconds }, { signal }) => {
    await setTimeout(seconds * 1_000, undefined, { signal });
  },
);

export const app = new AppEnvironment({ name: "python-app", requiresAuth: false, dependsOn: [tasks] });

app.server(() => ({ request: (_request, response) => response.end("hello") }));
