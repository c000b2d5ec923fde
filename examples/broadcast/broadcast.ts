import { serve } from "@appenv/core";
import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";
import { z } from "zod";

const announcement = z.object({ text: z.string().max(1_000) });

export const sockets = webSockets().route(
  "/announcements",
  { summary: "What one says, all hear", incoming: announcement, outgoing: announcement, slowConsumer: "drop" },
  async (connection) => {
    const everybody = await connection.join("everybody");
    for await (const message of connection) await everybody.broadcast(message);
  },
);

export const env = new WebSocketAppEnvironment({
  name: "broadcast",
  sockets,
  requiresAuth: false,
  scaling: { replicas: [1, 2], metric: { concurrency: 1_000 } },
});

if (import.meta.main) console.log((await serve(env)).endpoint);
