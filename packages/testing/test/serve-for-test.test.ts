import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { AppEnvironment, Parameter } from "@appenv/core";
import websocket from "@fastify/websocket";
import { getRequestListener } from "@hono/node-server";
import Fastify, { type FastifyInstance } from "fastify";
import { Hono } from "hono";
import { hc } from "hono/client";
import { describe, expect, expectTypeOf, it } from "vitest";
import { WebSocket } from "ws";
import { serveForTest } from "../src/index.ts";

/** An app of one listener. */
function plain(handler: (request: any, response: any) => void): AppEnvironment {
  const env = new AppEnvironment({ name: "plain", requiresAuth: false });
  env.server(() => handler);
  return env;
}

/** A Fastify app, without its adapter. */
function environment(fastify: FastifyInstance): AppEnvironment {
  const env = new AppEnvironment({ name: "fastify", requiresAuth: false });
  env.server(async () => {
    await fastify.ready();
    return fastify.server;
  });
  return env;
}

describe("fetch", () => {
  it("reaches the app without a port", async () => {
    const fastify = Fastify();
    fastify.post("/echo", async ({ body, ip, headers }) => ({ body, ip, host: headers.host }));
    await using app = await serveForTest(environment(fastify));
    const response = await app.fetch("/echo", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "grüße" }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ body: { text: "grüße" }, ip: "127.0.0.1", host: "app.test" });
    expect(app.load()).toMatchObject({ requests: 1, inFlight: 0 });
  });

  it("streams in both directions", async () => {
    await using app = await serveForTest(plain((request, response) => request.pipe(response)));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const responding = app.fetch("/", { method: "POST", body: readable });
    void writer.write(new TextEncoder().encode("one"));
    const reader = (await responding).body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("one");
    void writer.close();
    expect((await reader.read()).done).toBe(true);
  });

  it("follows redirects as fetch does", async () => {
    await using app = await serveForTest(
      plain((request, response) => {
        if (request.url === "/old") return response.writeHead(303, { location: "/new?a=1" }).end();
        if (request.url === "/kept") return response.writeHead(307, { location: "/new" }).end();
        if (request.url === "/loop") return response.writeHead(302, { location: "/loop" }).end();
        request
          .toArray()
          .then((chunks: Buffer[]) => response.end(`${request.method} ${request.url} ${chunks.join("")}`));
      }),
    );
    const post = { method: "POST", body: "data" };
    expect(await (await app.fetch("/old", post)).text()).toBe("GET /new?a=1 ");
    expect(await (await app.fetch("/kept", post)).text()).toBe("POST /new data");
    expect((await app.fetch("/old", { redirect: "manual" })).status).toBe(303);
    await expect(app.fetch("/old", { redirect: "error" })).rejects.toThrow("redirect");
    await expect(app.fetch("/loop")).rejects.toThrow("redirects");
  });

  it("reads compressed bodies, and answers without a body", async () => {
    await using app = await serveForTest(
      plain((request, response) => {
        if (request.url === "/none") return response.writeHead(204).end();
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("compressed"));
      }),
    );
    expect(await (await app.fetch("/")).text()).toBe("compressed");
    expect((await app.fetch("/none")).body).toBeNull();
    expect(await (await app.fetch("/", { method: "HEAD" })).text()).toBe("");
  });

  it("can be aborted, which the app sees", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using app = await serveForTest(
      plain((request, response) => {
        response.once("close", resolve);
        if (request.url === "/begun") response.write("begun");
      }),
    );
    const client = new AbortController();
    const never = app.fetch("/never", { signal: client.signal });
    const begun = await app.fetch("/begun", { signal: client.signal });
    client.abort();
    await expect(never).rejects.toThrow(/abort/i);
    await expect(begun.text()).rejects.toThrow(/abort/i);
    await promise;
    await expect(app.fetch("/", { signal: client.signal })).rejects.toThrow(/abort/i);
  });
});

describe("an environment served for a test", () => {
  it("is typed by Hono's own client, through fetch", async () => {
    const routes = new Hono().get("/greeting/:name", (c) => c.json({ message: `Hello, ${c.req.param("name")}!` }));
    await using app = await serveForTest(plain(getRequestListener(routes.fetch)));
    const client = hc<typeof routes>(app.origin, { fetch: app.fetch });
    const answer = await (await client.greeting[":name"].$get({ param: { name: "Ada" } })).json();
    expectTypeOf(answer).toEqualTypeOf<{ message: string }>();
    expect(answer).toEqual({ message: "Hello, Ada!" });
  });

  it("binds a port for real clients, once", async () => {
    const fastify = Fastify();
    fastify.register(websocket);
    fastify.register(async (scope) => {
      scope.get("/ws", { websocket: true }, (socket) => socket.send("hello"));
    });
    await using app = await serveForTest(environment(fastify));
    const url = await app.endpoint;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await app.endpoint).toBe(url);
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`);
    expect(String((await once(socket, "message"))[0])).toBe("hello");
    expect(app.load().sockets).toBe(1);
    const closed = once(socket, "close");
    await app.close();
    expect((await closed)[0]).toBe(1012);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("requires a key if the environment does", async () => {
    const env = new AppEnvironment({ name: "closed" });
    env.server(() => (_, response) => response.end("in"));
    await using app = await serveForTest(env, { apiKeys: ["key"] });
    expect((await app.fetch("/")).status).toBe(401);
    expect(await (await app.fetch("/", { headers: { authorization: "Bearer key" } })).text()).toBe("in");
  });

  it("has its parameters, env vars and hooks, and leaves the process as it was", async () => {
    const log: string[] = [];
    const env = new AppEnvironment({
      name: "hooked",
      requiresAuth: false,
      parameters: [new Parameter({ name: "greeting", value: "declared" })],
    });
    env.onStartup(({ parameters }) => void log.push(`start ${String(parameters["greeting"])}`));
    env.server(() => (_, response) => response.end(process.env["APPENV_TESTING_COLOUR"]));
    env.onShutdown(() => void log.push("stop"));
    {
      await using app = await serveForTest(env, {
        parameters: { greeting: "given" },
        envVars: { APPENV_TESTING_COLOUR: "blue" },
      });
      await app.healthy();
      expect(await (await app.fetch("/")).text()).toBe("blue");
    }
    expect(log).toEqual(["start given", "stop"]);
    expect(process.env["APPENV_TESTING_COLOUR"]).toBeUndefined();
  });

  it("leaves the process as it was if it cannot start", async () => {
    const env = new AppEnvironment({ name: "broken" });
    const serving = serveForTest(env, { envVars: { APPENV_TESTING_COLOUR: "blue" } });
    await expect(serving).rejects.toMatchObject({ code: "NOT_LISTENING" });
    expect(process.env["APPENV_TESTING_COLOUR"]).toBeUndefined();
  });

  it("finishes what is open when it is closed", async () => {
    const arrived = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const app = await serveForTest(
      plain(async (_, response) => {
        arrived.resolve();
        await gate.promise;
        response.end("at last");
      }),
    );
    const running = app.fetch("/");
    await arrived.promise;
    const closed = app.close();
    gate.resolve();
    expect(await (await running).text()).toBe("at last");
    await closed;
    await expect(app.fetch("/")).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });
});
