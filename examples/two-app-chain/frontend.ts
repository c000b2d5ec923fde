import { serve } from "@appenv/core";
import { ExpressAppEnvironment, route } from "@appenv/express";
import express from "express";
import { hc } from "hono/client";
import { z } from "zod";
import { backend, type Backend } from "./backend.ts";

const app = express();

export const frontend = new ExpressAppEnvironment({
  name: "chain-frontend",
  app,
  description: "Asks the other app",
  requiresAuth: false,
  dependsOn: [backend],
});

app.get(
  "/sum-of-squares",
  route(
    { query: z.object({ a: z.coerce.number(), b: z.coerce.number() }), response: z.object({ result: z.number() }) },
    async ({ query: { a, b } }) => {
      const client = hc<Backend>(backend.endpoint, {
        fetch: (url: unknown, init?: RequestInit) => backend.fetch(String(url), init),
      });
      const answers = await Promise.all(
        [a, b].map(async (x) => (await client.squares[":x"].$get({ param: { x: String(x) } })).json()),
      );
      return { result: answers.reduce((sum, { square }) => sum + square, 0) };
    },
  ),
);

if (import.meta.main) console.log((await serve(frontend)).endpoint);
