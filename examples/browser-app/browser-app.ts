import { fileURLToPath } from "node:url";
import { serve } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import fastifyStatic from "@fastify/static";
import Fastify from "fastify";
import { z } from "zod";

const app = Fastify();

export const env = new FastifyAppEnvironment({
  name: "browser-app",
  app,
  description: "A page built by Vite, and its API",
  include: ["dist/**"],
  requiresAuth: false,
});

const Item = z.object({ id: z.int(), title: z.string().trim().min(1).max(80) });
const items: z.infer<typeof Item>[] = [];

env.app.get("/api/items", { schema: { summary: "All items", response: { 200: z.array(Item) } } }, async () => items);

env.app.post(
  "/api/items",
  { schema: { summary: "Add an item", body: Item.omit({ id: true }), response: { 201: Item } } },
  async ({ body }, reply) => {
    const item = { id: items.length + 1, ...body };
    items.push(item);
    return reply.code(201).send(item);
  },
);

// Output of `vite build`. Names of assets contain a hash of their content: browsers may keep them.
env.app.register(fastifyStatic, {
  root: fileURLToPath(new URL("dist", import.meta.url)),
  immutable: true,
  maxAge: "30d",
  setHeaders: (reply, path) => {
    if (path.endsWith(".html")) reply.header("cache-control", "no-cache");
  },
});

if (import.meta.main) console.log((await serve(env)).endpoint);
