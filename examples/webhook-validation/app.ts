import { run, serve, TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { z } from "zod";

/** Body of a request, and input of the task. */
const taskInput = z.object({
  data: z.record(z.string(), z.number()).describe("Measurements by their name"),
  priority: z.int().min(0).max(9).default(0),
});

export const tasks = new TaskEnvironment({ name: "validated-tasks" });

export const total = tasks.task({ name: "total", input: taskInput, output: z.number() }, ({ data, priority }) => {
  const sum = Object.values(data).reduce((before, value) => before + value, 0);
  return sum * (1 + priority);
});

export const env = new FastifyAppEnvironment({ name: "webhook-validation", requiresAuth: false, dependsOn: [tasks] });

const schema = {
  summary: "Process measurements",
  body: taskInput,
  response: { 200: z.object({ run_id: z.string(), url: z.string() }) },
};

env.app.post("/process", { schema }, async ({ body }) => {
  const { name, url } = await run(total, body);
  return { run_id: name, url };
});

if (import.meta.main) console.log((await serve(env)).endpoint);
