import { identity, serve } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { Hono } from "hono";

const app = new Hono();

/** `requiresAuth` is the default: it is written here because this is what the example is about. */
export const env = new HonoAppEnvironment({
  name: "api-key-auth",
  app,
  description: "Answers those who have a key",
  requiresAuth: true,
});

app.get("/", (c) => c.json({ message: "Hello, key holder!" }));
app.get("/me", (c) => c.json({ kind: identity()?.kind ?? "nobody" }));

if (import.meta.main) console.log((await serve(env)).endpoint);
