import { ExpressAppEnvironment, route } from "@appenv/express";
import express from "express";
import { order, receipt, receiptOf } from "./orders.ts";

export const env = new ExpressAppEnvironment({
  name: "express",
  app: express(),
  port: Number(process.env["BENCH_PORT"] ?? 8080),
  requiresAuth: false,
});

env.app.get("/plain", (_, response) => void response.json({ message: "Hello, World!" }));
env.app.post(
  "/orders",
  route({ body: order, response: { 200: receipt } }, ({ body }) => receiptOf(body)),
);
