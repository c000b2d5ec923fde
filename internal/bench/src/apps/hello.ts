import { FastifyAppEnvironment } from "@appenv/fastify";
import Fastify, { type FastifyInstance } from "fastify";
import { addRoutes } from "./routes.ts";

export const env = new FastifyAppEnvironment({
  name: "hello",
  app: Fastify(),
  port: Number(process.env["BENCH_PORT"] ?? 8080),
  requiresAuth: false,
});

addRoutes(env.app as unknown as FastifyInstance);
