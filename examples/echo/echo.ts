import { serve } from "@appenv/core";
import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";

export const sockets = webSockets({ origins: "any" }).route(
  "/echo",
  { summary: "Sends back what it gets" },
  async (connection) => {
    for await (const message of connection) await connection.send(`Echo: ${String(message)}`);
  },
);

export const env = new WebSocketAppEnvironment({
  name: "echo",
  sockets,
  description: "The smallest socket",
  requiresAuth: false,
});

if (import.meta.main) console.log((await serve(env)).endpoint);
