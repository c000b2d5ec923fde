import { readFileSync } from "node:fs";
import { serve } from "@appenv/core";
import { SocketAppEnvironment } from "@appenv/socket.io";
import { chatEvents } from "./events.ts";

const files: Readonly<Record<string, readonly [type: string, file: URL]>> = {
  "/": ["text/html; charset=utf-8", new URL("page/index.html", import.meta.url)],
  "/chat.js": ["text/javascript; charset=utf-8", new URL("page/chat.js", import.meta.url)],
};

export const env = new SocketAppEnvironment({
  name: "socket-io-chat",
  description: "Chat rooms over Socket.IO",
  include: ["page/*"],
  scaling: { replicas: [0, 2] },
  requiresAuth: false,
  events: chatEvents,
  // A client that was away for a moment, or during a rollout, gets what it missed.
  io: { connectionStateRecovery: {} },
  request(request, response) {
    const found = files[new URL(request.url ?? "/", "http://localhost").pathname];
    if (found === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": found[0] }).end(readFileSync(found[1]));
  },
});

env.io.on("connection", (socket) => {
  socket.on("join", async (room, name, answer) => {
    socket.data = { room, name };
    await socket.join(room);
    answer({ members: (await env.io.in(room).fetchSockets()).length });
  });
  socket.on("say", (text) => {
    const { room, name } = socket.data as { room?: string; name?: string };
    if (room !== undefined && name !== undefined) env.io.to(room).emit("message", { room, from: name, text });
  });
});

if (import.meta.main) console.log((await serve(env)).endpoint);
