import { AppEnvError, serve } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { z } from "zod";

const greeting = z.object({ message: z.string() });
const params = z.object({ name: z.string() });

/** Needs credentials; those who depend on it have them. */
export const backend = new FastifyAppEnvironment({ name: "greetings", description: "Greets by name", port: 8081 });

backend.app.get("/greeting/:name", { schema: { params, response: { 200: greeting } } }, async (request) => ({
  message: `Hello, ${request.params.name}!`,
}));

export const frontend = new FastifyAppEnvironment({
  name: "greeter",
  description: "Asks the greetings app",
  requiresAuth: false,
  dependsOn: [backend],
});

const problem = z.object({ detail: z.string() });

frontend.app.get(
  "/greet/:name",
  { schema: { params, response: { 200: greeting, 502: problem } } },
  async (request, reply) => {
    try {
      const response = await backend.fetch(`/greeting/${encodeURIComponent(request.params.name)}`);
      return greeting.parse(await response.json());
    } catch (error) {
      if (AppEnvError.is(error)) return reply.code(502).send({ detail: error.message });
      throw error;
    }
  },
);

if (import.meta.main) console.log((await serve(frontend)).endpoint);
