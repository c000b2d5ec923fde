import type { ServerToClientEvents } from "@appenv/socket.io";
import { io, type Socket } from "socket.io-client";
import type { events } from "./hello-socket-io.ts";

const socket: Socket<ServerToClientEvents<typeof events>> = io(process.argv[2] ?? "http://localhost:8080");

socket.on("hello", (hello) => {
  console.log(hello);
  socket.disconnect();
});
