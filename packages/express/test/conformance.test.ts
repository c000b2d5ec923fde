import { AppEndpoint, FlyteFile } from "@appenv/core";
import { adapterTests, order, orderReceipt, parameterTests, todo } from "@appenv-internal/conformance";
import express from "express";
import { vi } from "vitest";
import { z } from "zod";
import { abilities } from "./abilities.ts";
import { ExpressAppEnvironment, route } from "../src/index.ts";

// Express writes errors there.
vi.spyOn(console, "error").mockImplementation(() => undefined);

adapterTests({
  name: "Express",
  type: "Express",
  abilities,
  build(fixture, { ownHealth = false, sockets: _sockets, ...options }) {
    const app = express();
    // As NODE_ENV=production does: otherwise Express shows stack traces to clients.
    app.set("env", "production");
    const env = new ExpressAppEnvironment({ ...options, app });
    app.get(
      "/",
      route({ summary: "The greeting" }, () => fixture.greeting()),
    );
    const items = express.Router();
    items.get("/:id", (request, response) => void response.json(fixture.item(request.params.id)));
    app.use("/items", items);
    app.get("/slow", async (_, response) => void response.json(await fixture.slow()));
    app.post("/echo", express.json({ limit: "1mb" }), (request, response) => void response.json(request.body));
    app.get("/stream", (_, response) => void fixture.stream().pipe(response.type("text/plain")));
    app.get("/events", (_, response) => {
      const events = fixture.events();
      response.on("close", () => events.destroy());
      events.pipe(response.type("text/event-stream"));
    });
    app.get("/throws", () => fixture.throws());
    const orders = express.Router();
    orders.post(
      "/",
      route({ body: order, response: { 200: orderReceipt } }, ({ body }) => fixture.order(body)),
    );
    app.use("/orders", orders);
    app.post(
      "/todos",
      route({ body: todo, response: z.array(todo) }, ({ body }) => [body]),
    );
    if (ownHealth) app.get("/health", (_, response) => void response.json({ own: true }));
    return env;
  },
});

const typed = new ExpressAppEnvironment({
  name: "typed",
  parameters: [
    { name: "model", value: new FlyteFile("model.bin") },
    { name: "data", type: "directory" },
    { name: "backend", value: new AppEndpoint("backend") },
  ],
});
parameterTests(typed);
