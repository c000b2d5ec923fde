import { Readable } from "node:stream";
import { upgradeWebSocket } from "@hono/node-server";
import { AppEndpoint, FlyteFile } from "@appenv/core";
import { adapterTests, order, orderReceipt, parameterTests, todo } from "@appenv-internal/conformance";
import { Hono, type Context } from "hono";
import { validator as check } from "hono/validator";
import { describeRoute, resolver } from "hono-openapi";
import { vi } from "vitest";
import { WebSocketServer } from "ws";
import { z } from "zod";
import { HonoAppEnvironment } from "../src/index.ts";
import { validator } from "../src/validator.ts";
import { abilities } from "./abilities.ts";

// Hono writes errors there.
vi.spyOn(console, "error").mockImplementation(() => undefined);

function streamed(c: Context, stream: Readable, type: string): Response {
  return c.body(Readable.toWeb(stream) as ReadableStream, 200, { "content-type": type });
}

const inJson = (schema: z.ZodType) => ({ content: { "application/json": { schema: resolver(schema) } } });

adapterTests({
  name: "Hono",
  type: "Hono",
  abilities,
  build(fixture, { ownHealth = false, sockets = true, ...options }) {
    const app = new Hono();
    const receipt = { description: "The receipt", ...inJson(orderReceipt) };
    const list = { description: "All of them", ...inJson(z.array(todo)) };
    app.get("/", describeRoute({ summary: "The greeting" }), (c) => c.json(fixture.greeting()));
    const items = new Hono();
    items.use(async (_, next) => next());
    items.get("/:id", (c) => c.json(fixture.item(c.req.param("id"))));
    app.route("/items", items);
    app.get("/slow", async (c) => c.json(await fixture.slow()));
    app.post(
      "/echo",
      check("json", (body: object) => body),
      (c) => c.json(c.req.valid("json")),
    );
    app.get("/stream", (c) => streamed(c, fixture.stream(), "text/plain"));
    app.get("/events", (c) => streamed(c, fixture.events(), "text/event-stream"));
    app.get("/throws", () => fixture.throws());
    app.post("/orders", describeRoute({ responses: { 200: receipt } }), validator("json", order), (c) =>
      c.json(fixture.order(c.req.valid("json"))),
    );
    app.post("/todos", describeRoute({ responses: { 200: list } }), validator("json", todo), (c) =>
      c.json([c.req.valid("json")]),
    );
    if (ownHealth) app.get("/health", (c) => c.json({ own: true }));
    if (!sockets) return new HonoAppEnvironment({ ...options, app });
    app.get(
      "/ws",
      upgradeWebSocket(() => ({ onMessage: (event, socket) => socket.send(fixture.heard(String(event.data))) })),
    );
    return new HonoAppEnvironment({ ...options, app, websocket: { server: new WebSocketServer({ noServer: true }) } });
  },
});

const typed = new HonoAppEnvironment({
  name: "typed",
  parameters: [
    { name: "model", value: new FlyteFile("model.bin") },
    { name: "data", type: "directory" },
    { name: "backend", value: new AppEndpoint("backend") },
  ],
});
parameterTests(typed);
