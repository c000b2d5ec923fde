import { serve } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { Hono } from "hono";

const app = new Hono();

export const env = new HonoAppEnvironment({
  name: "canary",
  app,
  description: "A greeting whose new wording is tried on some visitors first",
  requiresAuth: false,
  envVars: { GREETING: "Hello" },
  // A new revision gets a tenth of the visitors, who stay with it, and loses them if more than 5 % of its answers fail.
  traffic: { latest: 10, sticky: "cookie", rollback: { errorRate: 0.05, minRequests: 20, window: "1m" } },
});

app.get("/", (c) => c.json({ message: `${process.env["GREETING"]}, World!` }));

app.get("/risky", (c) => {
  if (process.env["GREETING"] === "Oops") throw new Error("this wording does not work");
  return c.text("fine");
});

if (import.meta.main) console.log((await serve(env)).endpoint);
