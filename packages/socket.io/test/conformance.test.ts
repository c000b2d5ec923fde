import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { AppEndpoint, FlyteFile } from "@appenv/core";
import { adapterTests, parameterTests, type Fixture } from "@appenv-internal/conformance";
import { Server } from "socket.io";
import { WebSocketServer } from "ws";
import { SocketAppEnvironment } from "../src/index.ts";
import { abilities } from "./abilities.ts";

// Socket.IO has no routes of its own: what the suite asks for stands beside it, on the http.Server it is attached to.
adapterTests({
  name: "Socket.IO",
  type: "Socket.IO",
  abilities,
  build(fixture, { ownHealth: _ownHealth, sockets = true, ...options }) {
    const http = createServer((request, response) => {
      answer(fixture, request, response).catch(() => response.writeHead(500).end("failed"));
    });
    const io = new Server(http, { destroyUpgrade: false });
    if (sockets) echoOn(http, "/ws", fixture);
    return new SocketAppEnvironment({ ...options, io });
  },
});

function echoOn(http: ReturnType<typeof createServer>, path: string, fixture: Fixture): void {
  const wss = new WebSocketServer({ noServer: true });
  wss.on("connection", (socket) => socket.on("message", (data) => socket.send(fixture.heard(String(data)))));
  http.on("upgrade", (request, socket, head) => {
    if (request.url === path) wss.handleUpgrade(request, socket, head, (ws) => wss.emit("connection", ws));
    else if (request.url?.startsWith("/socket.io/") !== true) socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
  });
}

async function answer(fixture: Fixture, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (body: unknown): void =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  switch (`${request.method} ${request.url}`) {
    case "GET /":
      return send(fixture.greeting());
    case "GET /slow":
      return send(await fixture.slow());
    case "POST /echo":
      return json(request).then(send, () => void response.writeHead(400).end());
    case "GET /stream":
      return void fixture.stream().pipe(response.writeHead(200, { "content-type": "text/plain" }));
    case "GET /events": {
      const events = fixture.events();
      response.writeHead(200, { "content-type": "text/event-stream" }).once("close", () => events.destroy());
      return void events.pipe(response);
    }
    case "GET /throws":
      return fixture.throws();
    default:
      response.writeHead(404).end();
  }
}

const typed = new SocketAppEnvironment({
  name: "typed",
  parameters: [
    { name: "model", value: new FlyteFile("model.bin") },
    { name: "data", type: "directory" },
    { name: "backend", value: new AppEndpoint("backend") },
  ],
});
parameterTests(typed);
