import { run, serve, TaskEnvironment } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "secret-tasks" });

export const greet = tasks.task(
  { name: "greet", input: z.object({ name: z.string() }), output: z.string() },
  ({ name }) => `Hello, ${name}!`,
);

const app = new Hono();

export const env = new HonoAppEnvironment({
  name: "webhook-secrets",
  app,
  description: "Starts a task for whoever has the key",
  requiresAuth: false, // It checks a key of its own.
  secrets: { key: "webhook-api-key", asEnvVar: "WEBHOOK_API_KEY" },
  dependsOn: [tasks],
});

// Without the secret the app does not start; where it is only described, it lets nobody in.
app.use("/greet/*", bearerAuth({ token: process.env["WEBHOOK_API_KEY"] ?? [] }));

app.post("/greet/:name", async (c) => {
  const { name, url } = await run(greet, { name: c.req.param("name") });
  return c.json({ id: name, url }, 202);
});

if (import.meta.main) console.log((await serve(env)).endpoint);
