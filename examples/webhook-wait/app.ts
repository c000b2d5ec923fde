import { AppEnvError, run, serve, TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "waited-tasks" });

export const square = tasks.task(
  { name: "square", input: z.object({ x: z.number() }), output: z.number() },
  ({ x }) => {
    if (Math.abs(x) > 1_000_000) throw new RangeError(`${x} is too large`);
    return x * x;
  },
);

export const env = new FastifyAppEnvironment({ name: "webhook-wait", requiresAuth: false, dependsOn: [tasks] });

const ended = z.object({ run_id: z.string(), url: z.string(), status: z.string(), outputs: z.number().nullable() });
const schema = { body: z.object({ x: z.number() }), response: { 200: ended, 202: ended, 502: ended } };

env.app.post("/run-and-wait", { schema }, async ({ body }, reply) => {
  const started = await run(square, body);
  const shown = { run_id: started.name, url: started.url, outputs: null };
  try {
    // A client does not wait for ever, nor do the proxies on the way: the run goes on all the same.
    const phase = await started.wait({ timeout: "30s", throws: false });
    if (phase !== "SUCCEEDED") return await reply.code(502).send({ ...shown, status: phase.toLowerCase() });
    return { ...shown, status: "completed", outputs: await started.outputs() };
  } catch (error) {
    if (!AppEnvError.is(error, "TIMED_OUT")) throw error;
    return reply.code(202).send({ ...shown, status: "running" });
  }
});

if (import.meta.main) console.log((await serve(env)).endpoint);
