import { serve } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import Fastify from "fastify";
import { z } from "zod";

const app = Fastify();

export const env = new FastifyAppEnvironment({
  name: "hello-app",
  app,
  description: "A simple service",
  resources: { cpu: 1, memory: "512Mi" },
  requiresAuth: false,
});

env.app.get("/", { schema: { response: { 200: z.object({ message: z.string() }) } } }, async () => ({
  message: "Hello, World!",
}));

if (import.meta.main) {
  const handle = await serve(env);
  console.log(handle.url, handle.endpoint);
}
