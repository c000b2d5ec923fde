import { serve } from "@hono/node-server";
import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { order, receipt, receiptOf } from "./orders.ts";

const app = new Hono();
app.get("/plain", (c) => c.json({ message: "Hello, World!" }));
app.post("/orders", zValidator("json", order), (c) => c.json(receipt.parse(receiptOf(c.req.valid("json")))));
serve({ fetch: app.fetch, port: Number(process.env["PORT"]), hostname: "127.0.0.1" });
