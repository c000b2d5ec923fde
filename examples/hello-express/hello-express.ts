import { serve } from "@appenv/core";
import { ExpressAppEnvironment, route } from "@appenv/express";
import express from "express";
import { z } from "zod";

const app = express();

export const env = new ExpressAppEnvironment({
  name: "hello-express",
  app,
  description: "A simple service",
  resources: { cpu: 1, memory: "512Mi" },
  requiresAuth: false,
});

app.get(
  "/",
  route({ response: z.object({ message: z.string() }) }, () => ({ message: "Hello, World!" })),
);

if (import.meta.main) {
  const handle = await serve(env);
  console.log(handle.url, handle.endpoint);
}
