import { createServer } from "node:http";
import { WebSocketServer } from "ws";

// The simplest broadcast with ws: a loop over the clients.
const server = createServer((_, response) => response.end("ready"));
const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket) => {
  socket.on("message", (data) => {
    const message = data.toString();
    for (const client of sockets.clients) client.send(message);
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
