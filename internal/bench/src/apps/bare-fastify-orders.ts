import Fastify from "fastify";
import type { z } from "zod";
import { orderJson, receiptJson } from "./orders-json-schema.ts";
import { receiptOf, type order } from "./orders.ts";

// Fastify's own compilers: ajv and fast-json-stringify.
const app = Fastify();
app.get("/plain", async () => ({ message: "Hello, World!" }));
app.post<{ Body: z.infer<typeof order> }>(
  "/orders",
  { schema: { body: orderJson, response: { 200: receiptJson } } },
  async ({ body }) => receiptOf(body),
);
await app.listen({ port: Number(process.env["PORT"]), host: "127.0.0.1" });
