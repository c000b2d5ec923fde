import { once } from "node:events";
import { createNodeWebSocket } from "@hono/node-ws";
import { serveForTest } from "@appenv-internal/conformance";
import { Hono } from "hono";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { HonoAppEnvironment } from "../src/index.ts";

it("@hono/node-ws gets upgrades by `env.attach`, after authentication", async () => {
  const app = new Hono();
  const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app });
  app.get(
    "/echo/:name",
    upgradeWebSocket((c) => ({
      onMessage: (event, socket) => socket.send(`${c.req.param("name")} ${String(event.data)}`),
    })),
  );
  const env = new HonoAppEnvironment({ name: "node-ws", app, requiresAuth: true });
  env.attach(injectWebSocket);
  const { url } = await serveForTest(env, ["secret-key"]);
  const open = (path: string, headers = {}): WebSocket => {
    const socket = new WebSocket(url.replace(/^http/, "ws") + path, { headers });
    onTestFinished(() => socket.on("error", () => {}).terminate());
    return socket;
  };
  const socket = open("/echo/ada", { "x-api-key": "secret-key" });
  await once(socket, "open");
  socket.send("hello");
  expect(String((await once(socket, "message"))[0])).toBe("ada hello");
  const [, refused] = await once(open("/echo/ada"), "unexpected-response");
  expect(refused.statusCode).toBe(401);
});
