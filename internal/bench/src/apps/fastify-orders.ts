import { FastifyAppEnvironment } from "@appenv/fastify";
import { order, receipt, receiptOf } from "./orders.ts";

export const env = new FastifyAppEnvironment({
  name: "fastify",
  port: Number(process.env["BENCH_PORT"] ?? 8080),
  requiresAuth: false,
});

env.app.get("/plain", async () => ({ message: "Hello, World!" }));
env.app.post("/orders", { schema: { body: order, response: { 200: receipt } } }, async ({ body }) => receiptOf(body));
