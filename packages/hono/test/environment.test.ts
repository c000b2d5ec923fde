import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { AppEnvError, type HostContext } from "@appenv/core";
import { serveForTest } from "@appenv-internal/conformance";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { stream, streamSSE } from "hono/streaming";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { HonoAppEnvironment } from "../src/index.ts";

describe("HonoAppEnvironment", () => {
  it("keeps the app it is given with its types, and makes one otherwise", () => {
    const app = new Hono<{ Variables: { user: string } }>().get("/", (c) => c.text(c.var.user));
    const given: typeof app = new HonoAppEnvironment({ name: "given", app }).app;
    expect(given).toBe(app);
    expect(new HonoAppEnvironment({ name: "made" }).app.routes).toEqual([]);
  });

  it("refuses what is no Hono app, and a WebSocket server that listens by itself", () => {
    const app = {} as Hono;
    expect(() => new HonoAppEnvironment({ name: "a", app })).toThrow(AppEnvError);
    expect(() => new HonoAppEnvironment({ name: "a", app })).toThrow("a Hono app");
    const server = { options: { noServer: false }, handleUpgrade: () => undefined };
    expect(() => new HonoAppEnvironment({ name: "a", websocket: { server } })).toThrow("noServer: true");
  });

  it("shares the app with its clones, which keep the WebSocket server", async () => {
    const websocket = { server: new WebSocketServer({ noServer: true }) };
    const env = new HonoAppEnvironment({ name: "original", websocket });
    const clone = env.cloneWith({ name: "clone" });
    expect(clone.app).toBe(env.app);
    const listeners = await clone.createHost().start({} as HostContext);
    expect(listeners.upgrade).toBeTypeOf("function");
  });

  it("gives handlers Node's own request and response", async () => {
    const app = new Hono<{ Bindings: HttpBindings }>();
    app.get("/", (c) => c.json({ port: c.env.incoming.socket.localPort, sent: c.env.outgoing.headersSent }));
    const served = await serveForTest(new HonoAppEnvironment({ name: "plain", app, requiresAuth: false }));
    expect(await (await served.fetch("/")).json()).toEqual({ port: served.port, sent: false });
  });

  it("aborts the request's signal when the client goes", async () => {
    const app = new Hono();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<AbortSignal>();
    app.get("/", async (c) => {
      arrive(c.req.raw.signal);
      await once(c.req.raw.signal, "abort");
      return c.text("nobody reads this");
    });
    const served = await serveForTest(new HonoAppEnvironment({ name: "aborts", app, requiresAuth: false }));
    const client = new AbortController();
    const response = served.fetch("/", { signal: client.signal });
    const signal = await arrived;
    expect(signal.aborted).toBe(false);
    const aborted = once(signal, "abort");
    client.abort();
    await expect(response).rejects.toThrow(/abort/i);
    await aborted;
  });

  it("streams in both directions", async () => {
    const app = new Hono();
    app.post("/", (c) =>
      stream(c, async (output) => {
        for await (const chunk of c.req.raw.body!.pipeThrough(new TextDecoderStream() as never)) {
          await output.write(String(chunk).toUpperCase());
        }
      }),
    );
    app.get("/events", (c) => streamSSE(c, async (events) => events.writeSSE({ event: "hello", data: "1" })));
    const served = await serveForTest(new HonoAppEnvironment({ name: "streams", app, requiresAuth: false }));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const bytes = new TextEncoder();
    void writer.write(bytes.encode("one"));
    const response = await served.fetch("/", { method: "POST", body: readable, duplex: "half" } as RequestInit);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("ONE");
    await writer.write(bytes.encode("two"));
    expect((await reader.read()).value).toBe("TWO");
    await writer.close();
    expect((await reader.read()).done).toBe(true);
    expect(await (await served.fetch("/events")).text()).toBe("event: hello\ndata: 1\n\n");
  });

  it("answers an upgrade to another protocol, which @hono/node-server leaves open", async () => {
    const websocket = { server: new WebSocketServer({ noServer: true }) };
    const served = await serveForTest(new HonoAppEnvironment({ name: "upgrades", websocket, requiresAuth: false }));
    const socket = connect(served.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: other/1\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("knows its own routes by their path, but not by patterns", () => {
    const app = new Hono();
    app.use("/used", async (_, next) => next());
    app.route(
      "/v1",
      new Hono().get("/health/:part?", (c) => c.text("")),
    );
    app.all("/all", (c) => c.text(""));
    app.get("/:page", (c) => c.text("")).get("/*", (c) => c.text(""));
    const host = new HonoAppEnvironment({ name: "routes", app }).createHost();
    expect(host.handles!("GET", "/v1/health")).toBe(true);
    expect(host.handles!("HEAD", "/v1/health")).toBe(true);
    expect(host.handles!("POST", "/v1/health")).toBe(false);
    expect(host.handles!("PUT", "/all")).toBe(true);
    expect(host.handles!("GET", "/used")).toBe(false);
    expect(host.handles!("GET", "/health")).toBe(false);
  });
});
