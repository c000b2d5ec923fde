import { serve } from "@appenv/core";
import { SocketAppEnvironment, socketEvents } from "@appenv/socket.io";
import { z } from "zod";

export const events = socketEvents({
  serverToClient: { hello: z.object({ message: z.string() }) },
});

export const env = new SocketAppEnvironment({
  name: "hello-socket-io",
  events,
  description: "A simple service",
  resources: { cpu: 1, memory: "512Mi" },
  requiresAuth: false,
});

env.io.on("connection", (socket) => {
  socket.emit("hello", { message: "Hello, World!" });
});

if (import.meta.main) {
  const handle = await serve(env);
  console.log(handle.url, handle.endpoint);
}
