import { readFile } from "node:fs/promises";
import { serve } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { webSockets } from "@appenv/ws";
import { Hono } from "hono";
import { z } from "zod";

const text = z.object({ text: z.string().min(1).max(1_000) });

export const sockets = webSockets().route(
  "/ws",
  { summary: "Answers each message", incoming: text, outgoing: text },
  async (connection) => {
    for await (const message of connection) await connection.send({ text: `Echo: ${message.text}` });
  },
);

const app = new Hono();
const page = await readFile(new URL("page.html", import.meta.url), "utf8");

app.get("/", (c) => c.html(page));

export const env = new HonoAppEnvironment({
  name: "basic-websocket",
  app,
  description: "A page and a socket",
  include: ["page.html"],
  requiresAuth: false,
});
env.mount(sockets);

if (import.meta.main) console.log((await serve(env)).endpoint);
