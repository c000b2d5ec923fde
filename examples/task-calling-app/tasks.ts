import { map, TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { z } from "zod";

const sum = z.object({ result: z.number() });

/** A service that tasks use while they run. */
export const adder = new FastifyAppEnvironment({ name: "adder", description: "Adds numbers" });

adder.app.get(
  "/add",
  { schema: { querystring: z.object({ x: z.coerce.number(), y: z.coerce.number() }), response: { 200: sum } } },
  async ({ query: { x, y } }) => ({ result: x + y }),
);

export const tasks = new TaskEnvironment({
  name: "adder-tasks",
  description: "Batches that use a service",
  dependsOn: [adder],
});

export const add = tasks.task(
  { name: "add", input: z.object({ x: z.number(), y: z.number() }), output: z.number(), retries: 3, timeout: "30s" },
  async ({ x, y }, { signal }) => {
    const response = await adder.fetch(`/add?x=${x}&y=${y}`, { signal });
    if (!response.ok) throw new Error(`The adder answered ${response.status}`);
    return sum.parse(await response.json()).result;
  },
);

export const addAll = tasks.task(
  {
    name: "add_all",
    description: "Adds one to each.",
    input: z.object({ numbers: z.array(z.number()) }),
    output: z.array(z.number()),
  },
  ({ numbers }) =>
    map(
      add,
      numbers.map((x) => ({ x, y: 1 })),
    ),
);
