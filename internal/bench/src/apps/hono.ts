import { HonoAppEnvironment } from "@appenv/hono";
import { Hono } from "hono";
import { describeRoute, resolver, validator } from "hono-openapi";
import { order, receipt, receiptOf } from "./orders.ts";

const app = new Hono();
app.get("/plain", (c) => c.json({ message: "Hello, World!" }));

const content = { "application/json": { schema: resolver(receipt) } };
app.post(
  "/orders",
  describeRoute({ responses: { 200: { description: "The receipt", content } } }),
  validator("json", order),
  (c) => c.json(receipt.parse(receiptOf(c.req.valid("json")))),
);

export const env = new HonoAppEnvironment({
  name: "hono",
  app,
  port: Number(process.env["BENCH_PORT"] ?? 8080),
  requiresAuth: false,
});
