import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_, response) => response.end("ready"));
const io = new Server(server, { transports: ["websocket"], serveClient: false, pingInterval: 3_600_000 });
io.on("connection", (socket) => {
  socket.on("said", (message: unknown) => void io.emit("said", message));
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
