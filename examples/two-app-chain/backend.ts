import { HonoAppEnvironment } from "@appenv/hono";
import { validator } from "@appenv/hono/validator";
import { Hono } from "hono";
import { z } from "zod";

const app = new Hono().get("/squares/:x", validator("param", z.object({ x: z.coerce.number() })), (c) => {
  const { x } = c.req.valid("param");
  return c.json({ x, square: x * x });
});

/** Type for clients of this app. */
export type Backend = typeof app;

export const backend = new HonoAppEnvironment({
  name: "chain-backend",
  app,
  description: "Squares numbers",
  port: 8081,
});
