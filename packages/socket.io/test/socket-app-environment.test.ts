import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { AppEnvironment, identity } from "@appenv/core";
import { Server } from "socket.io";
import { describe, expect, it } from "vitest";
import { SocketAppEnvironment, socketIo } from "../src/index.ts";
import { client, next, serve } from "./support/serve.ts";

const key = "key-of-the-test";

describe("on its own server", () => {
  it.for(["websocket", "polling"])("talks to a public client over %s", async (transport) => {
    const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false });
    env.io.on("connection", (socket) => socket.on("hello", (name, answer) => answer(`Hello, ${name}!`)));
    const { url } = await serve(env);
    const socket = client(url, { transports: [transport] });
    expect(await socket.emitWithAck("hello", "Ada")).toBe("Hello, Ada!");
    expect(socket.io.engine.transport.name).toBe(transport);
  });

  it("upgrades a connection that begins with polling", async () => {
    const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false });
    const { url } = await serve(env);
    const socket = client(url);
    await next(socket, "connect");
    await expect.poll(() => socket.io.engine.transport.name, { timeout: 10_000 }).toBe("websocket");
  });

  it("is what Socket.IO is: rooms, namespaces, binary data, engine middlewares, its own client file", async () => {
    const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false, io: { path: "/live" } });
    const seen: string[] = [];
    env.io.engine.use((request: { url: string }, _: unknown, proceed: () => void) => {
      seen.push(request.url);
      proceed();
    });
    env.io.of("/rooms").on("connection", (socket) => {
      socket.on("join", (room, done) => {
        void socket.join(room);
        done();
      });
      socket.on("tell", (room, data) => socket.to(room).emit("told", data));
    });
    const { url } = await serve(env);
    const [ada, bob] = [client(`${url}/rooms`, { path: "/live" }), client(`${url}/rooms`, { path: "/live" })];
    await Promise.all([ada.emitWithAck("join", "blue"), bob.emitWithAck("join", "blue")]);
    const told = next(bob, "told");
    ada.emit("tell", "blue", { bytes: Buffer.from("grün") });
    expect(await told).toEqual([{ bytes: Buffer.from("grün") }]);
    expect(seen[0]).toMatch(/^\/live\//);
    const file = await fetch(`${url}/live/socket.io.js`);
    expect(await file.text()).toContain("Socket.IO v4");
  });

  it("answers 404 to what is not Socket.IO's, or leaves it to a listener", async () => {
    const bare = await serve(new SocketAppEnvironment({ name: "chat", requiresAuth: false }));
    expect((await fetch(`${bare.url}/`)).status).toBe(404);
    expect((await fetch(`${bare.url}/socket.io`)).status).toBe(404);
    const env = new SocketAppEnvironment({
      name: "chat",
      requiresAuth: false,
      request: (request, response) => response.end(`page ${request.url}`),
    });
    const { url } = await serve(env);
    expect(await (await fetch(`${url}/about`)).text()).toBe("page /about");
    await next(client(url), "connect");
  });

  it("takes a server that is attached to an http.Server already", async () => {
    const http = createServer((_, response) => response.end("from the http.Server"));
    const io = new Server(http, { transports: ["websocket"] });
    io.on("connection", (socket) => socket.emit("welcome"));
    const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false, io });
    expect(env.io).toBe(io);
    const { url } = await serve(env);
    expect(await (await fetch(url)).text()).toBe("from the http.Server");
    await next(client(url, { transports: ["websocket"] }), "welcome");
  });

  it("refuses a server that listens itself", async () => {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const io = new Server(http);
    expect(() => new SocketAppEnvironment({ name: "chat", io })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("listens nowhere") }),
    );
    await io.close();
  });
});

describe("beside another app", () => {
  it("shares the server of a plain listener", async () => {
    const env = new AppEnvironment({ name: "both", requiresAuth: false });
    env.server(() => (_, response) => response.end("plain"));
    const { io } = env.mount(socketIo());
    io.on("connection", (socket) => socket.on("hello", (answer) => answer("Socket.IO")));
    const { url } = await serve(env);
    expect(await (await fetch(url)).text()).toBe("plain");
    for (const transport of ["polling", "websocket"]) {
      expect(await client(url, { transports: [transport] }).emitWithAck("hello")).toBe("Socket.IO");
    }
    expect(await (await fetch(`${url}/socket.iox/`)).text()).toBe("plain");
  });
});

describe("auth", () => {
  it.for(["websocket", "polling"])("asks for a key before a session begins, over %s", async (transport) => {
    const env = new SocketAppEnvironment({ name: "chat" });
    const { url } = await serve(env, [key]);
    const [error] = await next(client(url, { transports: [transport], reconnection: false }), "connect_error");
    expect(error).toBeInstanceOf(Error);
    expect(env.io.engine.clientsCount).toBe(0);
    const extraHeaders = { authorization: `Bearer ${key}` };
    await next(client(url, { transports: [transport], extraHeaders }), "connect");
  });

  it("takes a ticket for each connection, from clients that can send no header", async () => {
    const env = new SocketAppEnvironment({ name: "chat" });
    const who: (string | undefined)[] = [];
    env.io.on("connection", () => void who.push(identity()?.kind));
    const { url } = await serve(env, [key]);
    const socket = client(url, { transports: ["websocket"], autoConnect: false, reconnection: false });
    const connect = async (): Promise<void> => {
      const answer = await fetch(`${url}/.appenv/ticket`, { method: "POST", headers: { "x-api-key": key } });
      const { ticket } = (await answer.json()) as { ticket: string };
      socket.io.opts.protocols = ["appenv.ticket", `appenv.ticket.${ticket}`];
      const connected = next(socket, "connect");
      socket.connect();
      await connected;
    };
    await connect();
    const lost = next(socket, "disconnect");
    env.io.disconnectSockets(true);
    await lost;
    await connect();
    expect(who).toEqual(["api-key", "api-key"]);
  });
});

describe("stopping", () => {
  it("tells a websocket to reconnect", async () => {
    const { url, close } = await serve(new SocketAppEnvironment({ name: "chat", requiresAuth: false }));
    const socket = client(url, { transports: ["websocket"], reconnection: false });
    await next(socket, "connect");
    const ended = next(socket, "disconnect");
    await close();
    const [reason, details] = await ended;
    expect(reason).toBe("transport close");
    expect(details).toMatchObject({ context: { code: 1012 } });
  });

  it("ends a polling session, so that its client connects again", async () => {
    const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false });
    const { url, close } = await serve(env);
    const socket = client(url, { transports: ["polling"], reconnection: false });
    await next(socket, "connect");
    const [session] = Object.values((env.io.engine as any).clients) as any[];
    await expect.poll(() => session.transport.writable, { timeout: 10_000 }).toBe(true);
    const ended = next(socket, "disconnect");
    await close();
    const [reason, details] = await ended;
    expect(reason).toBe("transport close");
    expect(details).toMatchObject({ description: "transport closed by the server" });
  });
});

it("tells its path as the route of its own requests, for their spans", () => {
  const host = new SocketAppEnvironment({ name: "chat", io: { path: "/live" } }).createHost();
  for (const part of [host, socketIo({ io: { path: "/live" } })]) {
    expect(part.routeOf?.({ url: "/live/?EIO=4&transport=polling" } as IncomingMessage)).toBe("/live");
    expect(part.routeOf?.({ url: "/lively" } as IncomingMessage)).toBeUndefined();
  }
});
