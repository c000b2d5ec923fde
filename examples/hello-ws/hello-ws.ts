import { serve } from "@appenv/core";
import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";
import { z } from "zod";

export const sockets = webSockets().route(
  "/",
  { summary: "Says hello", outgoing: z.object({ message: z.string() }) },
  async (connection) => {
    await connection.send({ message: "Hello, World!" });
  },
);

export const env = new WebSocketAppEnvironment({
  name: "hello-ws",
  sockets,
  description: "A simple service",
  resources: { cpu: 1, memory: "512Mi" },
  requiresAuth: false,
});

if (import.meta.main) {
  const handle = await serve(env);
  console.log(handle.url, handle.endpoint);
}
