import { AppEnvError, run, serve, TaskEnvironment } from "@appenv/core";
import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "squares" });

export const square = tasks.task(
  { name: "square", input: z.object({ x: z.int() }), output: z.int() },
  ({ x }) => x * x,
);

const outgoing = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), x: z.int(), run: z.string(), url: z.string() }),
  z.object({ type: z.literal("phase"), x: z.int(), phase: z.string() }),
  z.object({ type: z.literal("done"), x: z.int(), result: z.int() }),
  z.object({ type: z.literal("failed"), x: z.int(), reason: z.string() }),
]);

export const sockets = webSockets({ origins: "any" }).route(
  "/run",
  { summary: "Runs a task for each message and tells how it goes", incoming: z.object({ x: z.int() }), outgoing },
  async (connection) => {
    const tell = async (x: number): Promise<void> => {
      try {
        const started = await run(square, { x });
        await connection.send({ type: "started", x, run: started.name, url: started.url });
        for await (const phase of started.watch()) await connection.send({ type: "phase", x, phase });
        await connection.send({ type: "done", x, result: await started.outputs() });
      } catch (error) {
        if (!AppEnvError.is(error)) throw error;
        await connection.send({ type: "failed", x, reason: error.message });
      }
    };
    const running: Promise<void>[] = [];
    for await (const { x } of connection) running.push(tell(x));
    await Promise.all(running);
  },
);

export const env = new WebSocketAppEnvironment({
  name: "square-runner",
  sockets,
  description: "Runs tasks over a socket",
  requiresAuth: false,
  dependsOn: [tasks],
});

if (import.meta.main) console.log((await serve(env)).endpoint);
