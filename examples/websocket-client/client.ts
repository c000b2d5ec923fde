// node client.ts ADDRESS
// Sends what is typed, until Ctrl-C.
import { createInterface } from "node:readline";
import { socketClient } from "@appenv/ws/client";
import type { sockets } from "../basic-websocket/app.ts";

const session = socketClient<typeof sockets>(process.argv[2] ?? "http://localhost:8080").connect("/ws");

session.on("open", ({ reconnected }) => console.log(reconnected ? "Connected again" : "Connected"));
session.on("lost", ({ code, afterMs }) => console.log(`Lost (${code}), again in ${Math.round(afterMs)} ms`));
session.on("error", ({ message }) => console.log(message));

createInterface({ input: process.stdin }).on("line", (text) => session.send({ text }));
for await (const { text } of session) console.log(`Received: ${text}`);
