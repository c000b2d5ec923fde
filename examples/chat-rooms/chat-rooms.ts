import { readFile } from "node:fs/promises";
import { serve } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { webSockets } from "@appenv/ws";
import { z } from "zod";

export const sockets = webSockets({ keep: 200 }).route(
  "/chat/:room",
  {
    summary: "Talk in a room",
    params: z.object({ room: z.string().max(40) }),
    query: z.object({ name: z.string().min(1).max(40) }),
    incoming: z.object({ text: z.string().min(1).max(2_000) }),
    outgoing: z.discriminatedUnion("type", [
      z.object({ type: z.literal("said"), name: z.string(), text: z.string() }),
      z.object({ type: z.literal("here"), names: z.array(z.string()) }),
    ]),
    rateLimit: { messages: 20, per: "1s" },
  },
  async (connection) => {
    const { name } = connection.query;
    const room = await connection.join(connection.params.room, { presence: name });
    const tellNames = (): void => {
      const names = room.members.map(({ presence }) => String(presence)).toSorted();
      void connection.send({ type: "here", names });
    };
    tellNames();
    const stop = room.watch(tellNames);
    for await (const { text } of connection) await room.broadcast({ type: "said", name, text });
    stop();
  },
);

export const env = new FastifyAppEnvironment({
  name: "chat-rooms",
  include: ["page.html"],
  requiresAuth: false,
  scaling: { replicas: [1, 2] },
});
env.mount(sockets);

const page = await readFile(new URL("page.html", import.meta.url), "utf8");
env.app.get("/", { schema: { hide: true } }, (_, reply) => reply.type("text/html").send(page));

if (import.meta.main) console.log((await serve(env)).endpoint);
