import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { serveForTest } from "@appenv-internal/conformance";
import express from "express";
import expressWs from "express-ws";
import { createProxyMiddleware } from "http-proxy-middleware";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { ExpressAppEnvironment } from "../src/index.ts";

const keyed = { headers: { "x-api-key": "secret-key" } };

/** Sends a text to a socket and answers what comes back, or the status and body of a refusal. */
function ask(url: string, options = {}): Promise<string> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), options).on("error", () => {});
  onTestFinished(() => socket.terminate());
  socket.once("open", () => socket.send("hello"));
  return new Promise((resolve) => {
    socket.once("message", (data) => resolve(String(data)));
    socket.once("unexpected-response", (_, response) => {
      void text(response).then((body) => resolve(`${response.statusCode} ${body}`));
    });
  });
}

/** A server of its own behind the app, which says who was asked for. */
async function upstream(): Promise<string> {
  const server = createServer((_, response) => void response.end("upstream"));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, { url }) => {
    socket.on("message", (data) => socket.send(`upstream ${url} ${String(data)}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("tells in its 404 how a library that attaches to a server is given one", async () => {
  const { url } = await serveForTest(new ExpressAppEnvironment({ name: "none", requiresAuth: false }));
  expect(await ask(`${url}/x`)).toMatch(/^404 .*env\.attach\(/);
});

describe("express-ws", () => {
  it("gets its upgrades, after authentication, and its routes are no requests'", async () => {
    const { app } = expressWs(express());
    app.ws("/echo", (socket) => socket.on("message", (data) => socket.send(`echo ${String(data)}`)));
    app.get("/plain", (_, response) => void response.json({}));
    const env = new ExpressAppEnvironment({ name: "ws", app: app as never, requiresAuth: true });
    const { url, fetch } = await serveForTest(env, ["secret-key"]);
    expect(await ask(`${url}/echo`, keyed)).toBe("echo hello");
    expect(await ask(`${url}/echo`)).toMatch(/^401 /);
    const document = (await (await fetch("/openapi.json")).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(["/plain", "/health"]);
  });
});

describe("http-proxy-middleware", () => {
  it("gets upgrades where `env.attach` gives it the server", async () => {
    const proxy = createProxyMiddleware({ target: await upstream(), ws: true });
    const env = new ExpressAppEnvironment({ name: "proxy", requiresAuth: true });
    env.app.use("/api", proxy);
    env.attach((server) => void server.on("upgrade", proxy.upgrade as never));
    const { url } = await serveForTest(env, ["secret-key"]);
    expect(await ask(`${url}/api/x`, keyed)).toBe("upstream /api/x hello");
    expect(await ask(`${url}/api/x`)).toMatch(/^401 /);
  });

  it("gets them after its first request, as it does by itself, and only what was let in", async () => {
    const env = new ExpressAppEnvironment({ name: "proxy", requiresAuth: true });
    env.app.use(createProxyMiddleware({ target: await upstream(), ws: true }));
    const { url, fetch } = await serveForTest(env, ["secret-key"]);
    expect(await (await fetch("/first", keyed)).text()).toBe("upstream");
    expect(await ask(`${url}/x`, keyed)).toBe("upstream /x hello");
    expect(await ask(`${url}/x`)).toMatch(/^401 /);
  });
});
