import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { AppEndpoint, FlyteFile } from "@appenv/core";
import { adapterTests, parameterTests, type Fixture } from "@appenv-internal/conformance";
import { WebSocketAppEnvironment, webSockets } from "../src/index.ts";
import { abilities } from "./abilities.ts";

adapterTests({
  name: "ws",
  type: "WebSocket",
  abilities,
  build(fixture, { sockets = true, ...options }) {
    const router = webSockets();
    if (sockets) {
      router.route("/ws", {}, async (connection) => {
        for await (const message of connection) await connection.send(fixture.heard(message));
      });
    }
    return new WebSocketAppEnvironment({
      ...options,
      sockets: router,
      request: (request, response) => answer(fixture, request, response),
    });
  },
});

async function answer(fixture: Fixture, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (body: unknown): void =>
    void response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  switch (`${request.method} ${request.url?.split("?", 1)[0]}`) {
    case "GET /":
      return send(fixture.greeting());
    case "GET /slow":
      return send(await fixture.slow());
    case "POST /echo":
      return json(request).then(send, () => void response.writeHead(400).end());
    case "GET /stream":
      return void fixture.stream().pipe(response.setHeader("content-type", "text/plain"));
    case "GET /events": {
      const events = fixture.events();
      response.once("close", () => events.destroy());
      return void events.pipe(response.setHeader("content-type", "text/event-stream"));
    }
    case "GET /throws":
      return fixture.throws();
    default:
      response.writeHead(404).end();
  }
}

const typed = new WebSocketAppEnvironment({
  name: "typed",
  parameters: [
    { name: "model", value: new FlyteFile("model.bin") },
    { name: "data", type: "directory" },
    { name: "backend", value: new AppEndpoint("backend") },
  ],
});
parameterTests(typed);
