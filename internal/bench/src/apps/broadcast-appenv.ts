import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";

// The clients of the benchmark only count bytes: they would not answer a ping.
const sockets = webSockets({ heartbeat: { interval: 0 } }).route("/", {}, async (connection) => {
  const room = await connection.join("all");
  for await (const message of connection) void room.broadcast(message);
});
const env = new WebSocketAppEnvironment({
  name: "broadcast",
  sockets,
  requiresAuth: false,
  request: (_, response) => void response.end("ready"),
});
await env.listen({ port: Number(process.env["PORT"]), host: "127.0.0.1" });
