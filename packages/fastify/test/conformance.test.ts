import websocket from "@fastify/websocket";
import { AppEndpoint, FlyteFile } from "@appenv/core";
import { adapterTests, order, orderReceipt, parameterTests, todo } from "@appenv-internal/conformance";
import { z } from "zod";
import { FastifyAppEnvironment } from "../src/index.ts";
import { abilities } from "./abilities.ts";

adapterTests({
  name: "Fastify",
  type: "Fastify",
  abilities,
  build(fixture, { ownHealth = false, sockets = true, ...options }) {
    const env = new FastifyAppEnvironment(options);
    const { app } = env;
    app.get("/", { schema: { summary: "The greeting" } }, async () => fixture.greeting());
    app.register(
      async (items) => {
        items.get<{ Params: { id: string } }>("/:id", async ({ params }) => fixture.item(params.id));
      },
      { prefix: "/items" },
    );
    app.get("/slow", async () => fixture.slow());
    app.post("/echo", async (request) => request.body);
    app.get("/stream", (_, reply) => reply.type("text/plain").send(fixture.stream()));
    app.get("/events", (_, reply) => reply.type("text/event-stream").send(fixture.events()));
    app.get("/throws", async () => fixture.throws());
    app.post("/orders", { schema: { body: order, response: { 200: orderReceipt } } }, async ({ body }) =>
      fixture.order(body),
    );
    app.post("/todos", { schema: { body: todo, response: { 200: z.array(todo) } } }, async ({ body }) => [body]);
    if (ownHealth) app.get("/health", async () => ({ own: true }));
    if (sockets) {
      app.register(websocket);
      app.register(async (scope) => {
        scope.get("/ws", { websocket: true }, (socket) => {
          socket.on("message", (data) => socket.send(fixture.heard(String(data))));
        });
      });
    }
    return env;
  },
});

const typed = new FastifyAppEnvironment({
  name: "typed",
  parameters: [
    { name: "model", value: new FlyteFile("model.bin") },
    { name: "data", type: "directory" },
    { name: "backend", value: new AppEndpoint("backend") },
  ],
});
parameterTests(typed);
