import { FastifyAppEnvironment } from "@appenv/fastify";
import Fastify, { type FastifyInstance } from "fastify";
import { addRoutes } from "./routes.ts";

/** The same app, back at zero replicas soon after each request. */
export const env = new FastifyAppEnvironment({
  name: process.env["BENCH_NAME"] ?? "short-lived",
  app: Fastify(),
  port: Number(process.env["BENCH_PORT"] ?? 8080),
  requiresAuth: false,
  scaling: { scaledownAfter: "1s" },
});

addRoutes(env.app as unknown as FastifyInstance);
