import { serve } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { Hono } from "hono";

const app = new Hono();

export const env = new HonoAppEnvironment({
  name: "hello-hono",
  app,
  description: "A simple service",
  resources: { cpu: 1, memory: "512Mi" },
  requiresAuth: false,
});

app.get("/", (c) => c.json({ message: "Hello, World!" }));

if (import.meta.main) {
  const handle = await serve(env);
  console.log(handle.url, handle.endpoint);
}
