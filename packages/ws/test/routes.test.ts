import { connect } from "node:net";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Gate } from "@appenv-internal/conformance";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { webSockets, WebSocketAppEnvironment, type Connection } from "../src/index.ts";
import { open, refused, serve } from "./support.ts";

async function echo(connection: Connection<any, any, any, any, any>): Promise<void> {
  for await (const message of connection) await connection.send(message);
}

test("a request that cannot be upgraded is refused as plain HTTP, before the upgrade", async () => {
  let asked = 0;
  const told: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => told.push(String(text)) > 0);
  onTestFinished(() => void vi.restoreAllMocks());
  const sockets = webSockets({ origins: ["https://example.com"] })
    .route("/open", {}, echo)
    .route("/same", { origins: "same" }, echo)
    .route("/number/:n", { params: z.object({ n: z.coerce.number() }), query: z.object({ q: z.string() }) }, echo)
    .route("/secret", { authenticate: ({ headers }) => (asked++, headers["x-user"] === "ada" ? "ada" : null) }, echo)
    .route("/broken", { authenticate: () => Promise.reject(new Error("expected in this test")) }, echo);
  const { url, port } = await serve(sockets);

  expect(await refused(`${url}/nowhere`)).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
  const foreign = await refused(`${url}/open`, { origin: "https://evil.example" });
  expect(foreign).toMatchObject({
    status: 403,
    type: "application/problem+json",
    body: { code: "ORIGIN_NOT_ALLOWED" },
  });
  expect(foreign.body.detail).toContain('of the origin "https://evil.example" may not connect');
  expect(foreign.body.detail).not.toContain("https://example.com");
  const same = await refused(`${url}/same`, { origin: "https://example.com" });
  expect(same).toMatchObject({ status: 403 });
  const host = `127.0.0.1:${port}`;
  expect(same.body.detail).toContain(`the host it is reached at, which here is "${host}"`);
  // The developer is told what is allowed, once for each origin.
  await refused(`${url}/open`, { origin: "https://evil.example" });
  expect(told).toEqual([
    expect.stringContaining('/open refused a page of "https://evil.example": it takes https://example.com. Add it'),
    expect.stringContaining(`the request's header Host is "${host}". A proxy`),
  ]);
  expect(await refused(`${url}/number/x?q=1`)).toMatchObject({ status: 400, body: { code: "INVALID_PARAMETERS" } });
  expect(await refused(`${url}/number/1`)).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/^query\/q/) },
  });
  expect(await refused(`${url}/secret`)).toMatchObject({ status: 401, body: { code: "UNAUTHENTICATED" } });
  expect(await refused(`${url}/secret`, { origin: "https://evil.example" })).toMatchObject({ status: 403 });
  expect(asked).toBe(1);
  expect(await refused(`${url}/broken`)).toMatchObject({ status: 401 });

  for (const [path, options] of [
    ["/open", { origin: "https://example.com" }],
    ["/same", { origin: `http://127.0.0.1:${port}` }],
    ["/secret", { headers: { "x-user": "ada" } }],
  ] as const) {
    const client = await open(`${url}${path}`, [], options);
    client.socket.send("hello");
    expect(await client.next()).toBe("hello");
  }
  expect((await fetch(`${url}/open`)).status).toBe(426);
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);
});

test("no upgrade is taken any more by an app that stops, also where it was asked for before", async () => {
  const asked = new Gate();
  const sockets = webSockets()
    .route("/asks", { authenticate: () => asked.pass().then(() => "ada") }, echo)
    .route("/", {}, echo);
  const { url, close } = await serve(sockets);
  const told = (await open(url)).closed;
  const answer = refused(`${url}/asks`);
  await asked.reached;
  const closed = close();
  expect(await told).toMatchObject({ code: 1012 });
  asked.open();
  expect(await answer).toMatchObject({ status: 503, retryAfter: "1", body: { code: "DRAINING" } });
  await closed;
});

test("a handshake that is none is refused", async () => {
  const { port } = await serve(webSockets().route("/", {}, echo));
  const socket = connect(port, "127.0.0.1");
  socket.end(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  expect((await socket.toArray()).join("")).toContain('"code":"BAD_UPGRADE"');
});

test("params, query, identity and subprotocol are the handler's", async () => {
  const router = webSockets().route(
    "/of/:n",
    {
      params: z.object({ n: z.coerce.number() }),
      query: z.object({ tag: z.array(z.string()) }),
      subprotocols: ["v2", "v1"],
      authenticate: async () => ({ user: "ada" }),
      outgoing: z.object({ n: z.number(), tags: z.array(z.string()), user: z.string(), subprotocol: z.string() }),
    },
    async (connection) => {
      const { params, query, identity, subprotocol } = connection;
      await connection.send({ n: params.n, tags: query.tag, user: identity.user, subprotocol });
    },
  );
  const { url } = await serve(router);
  const client = await open(`${url}/of/7?tag=a&tag=b`, ["v1", "v2"]);
  expect(JSON.parse(await client.next())).toEqual({ n: 7, tags: ["a", "b"], user: "ada", subprotocol: "v2" });
  expect(await client.closed).toEqual({ code: 1000, reason: "" });
});

test("a message that does not fit is answered with an error message, or closes the connection", async () => {
  const incoming = z.object({ x: z.number() });
  const outgoing = incoming;
  const sockets = webSockets()
    .route("/told", { incoming, outgoing }, echo)
    .route("/closed", { incoming, outgoing, onInvalid: "close" }, echo);
  const { url } = await serve(sockets);
  const told = await open(`${url}/told`);
  for (const bad of ["no json", '{"x":"1"}', Buffer.from([1])]) {
    told.socket.send(bad);
    expect(JSON.parse(await told.next())).toMatchObject({ type: "error", code: "INVALID_MESSAGE" });
  }
  told.socket.send('{"x":1}');
  expect(await told.next()).toBe('{"x":1}');
  for (const [bad, code] of [
    ["no json", 1007],
    ['{"x":"1"}', 1008],
  ] as const) {
    const client = await open(`${url}/closed`);
    client.socket.send(bad);
    expect(await client.closed).toMatchObject({ code });
  }
});

test("malformed frames, bytes that are no UTF-8 and messages that are too large close their connection only", async () => {
  const { url, port } = await serve(webSockets().route("/", { maxMessageBytes: 1_000 }, echo));
  const witness = await open(url);
  const mask = Buffer.alloc(4);
  const bad: [Buffer, number][] = [
    [Buffer.from([0x81, 0x01, 0x61]), 1002], // not masked
    [Buffer.from([0xc1, 0x80, ...mask]), 1002], // a reserved bit
    [Buffer.from([0x83, 0x80, ...mask]), 1002], // an unknown opcode
    [Buffer.from([0x81, 0x82, ...mask, 0xc3, 0x28]), 1007],
    [Buffer.concat([Buffer.from([0x82, 0xfe, 0x07, 0xd0]), mask, randomBytes(2_000)]), 1009],
  ];
  for (const [frame, code] of bad) {
    const socket = connect(port, "127.0.0.1");
    socket.write(
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(socket, "data");
    socket.write(frame);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect([answer[0], answer.readUInt16BE(2)]).toEqual([0x88, code]);
    socket.destroy();
  }
  witness.socket.send("still here");
  expect(await witness.next()).toBe("still here");
});

test("a handler that throws closes with 1011 and is reported; what is sent must fit", async () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const sockets = webSockets()
    .route("/throws", {}, () => Promise.reject(new Error("my own bug")))
    .route("/unfit", { outgoing: z.number() }, async (connection) => void (await connection.send("text" as never)));
  const { url } = await serve(sockets);
  expect(await (await open(`${url}/throws`)).closed).toMatchObject({ code: 1011 });
  expect(await (await open(`${url}/unfit`)).closed).toMatchObject({ code: 1011 });
  const text = written.mock.calls.join("");
  written.mockRestore();
  expect(text).toContain("the handler of /throws failed: Error: my own bug");
  expect(text).toContain("INVALID_MESSAGE");
});

test("a client that vanishes is cut off, one that answers stays", async () => {
  const ended: string[] = [];
  const sockets = webSockets({ heartbeat: { interval: "50ms", timeout: "50ms" } }).route(
    "/:who",
    {},
    async (connection) => {
      await echo(connection);
      ended.push((connection.params as { who: string }).who);
    },
  );
  const { url } = await serve(sockets);
  const there = await open(`${url}/there`);
  const gone = await open(`${url}/gone`, [], { autoPong: false });
  await gone.closed;
  await expect.poll(() => ended).toEqual(["gone"]);
  there.socket.send("here");
  expect(await there.next()).toBe("here");
});

test("a flood is told once and left out; a slow handler slows its client down", async () => {
  const { promise: blocked, resolve: release } = Promise.withResolvers<void>();
  const sockets = webSockets()
    .route("/limited", { rateLimit: { messages: 5, per: "1h" } }, echo)
    .route("/slow", {}, async (connection) => {
      await blocked;
      await echo(connection);
    });
  const { url } = await serve(sockets);
  const limited = await open(`${url}/limited`);
  for (let n = 0; n < 500; n += 1) limited.socket.send(`${n}`);
  // Answers that are not sent yet when the client closes are lost.
  await expect.poll(() => limited.messages).toHaveLength(6);
  limited.socket.close();
  await limited.closed;
  expect(limited.messages).toHaveLength(6);
  expect(limited.messages.filter((message) => message.includes("RATE_LIMITED"))).toHaveLength(1);

  const flood = await open(`${url}/slow`);
  const chunk = "x".repeat(100_000);
  let waiting = 0;
  for (let n = 0; n < 500; n += 1) {
    waiting += 1;
    flood.socket.send(chunk, () => (waiting -= 1));
  }
  await expect.poll(() => waiting).toBeLessThan(500);
  expect(flood.socket.bufferedAmount).toBeGreaterThan(20_000_000);
  release();
  await expect.poll(() => flood.messages.length).toBe(500);
});

function route(options: object): unknown {
  return webSockets().route("/a", options, echo);
}

test("options that cannot be are refused by name", () => {
  expect(() => route({ slowConsumer: "wait" })).toThrow("/a: slowConsumer");
  expect(() => route({ origins: ["example.com"] })).toThrow("/a: origins");
  expect(() => route({ heartbeat: { timeout: 0 } })).toThrow("/a: heartbeat.timeout");
  expect(() => route({ maxMessageBytes: 0 })).toThrow("/a: maxMessageBytes");
  expect(() => route({ rateLimit: { messages: 0 } })).toThrow("/a: rateLimit.messages");
  expect(() => webSockets({ keep: -1 })).toThrow("webSockets: keep");
  expect(() => webSockets().route("chat" as never, {}, echo)).toThrow('a path that starts with "/"');
});

test("an environment passes its router to its clones", () => {
  const sockets = webSockets();
  const env = new WebSocketAppEnvironment({ name: "a", sockets });
  expect(env.cloneWith({ name: "b" }).sockets).toBe(sockets);
  expect(env.type).toBe("WebSocket");
});

test("a socket's route is told, for the spans of its upgrades", () => {
  const sockets = webSockets().route("/chat/:room", {}, echo);
  const host = new WebSocketAppEnvironment({ name: "chat", sockets }).createHost();
  for (const part of [sockets, host]) {
    expect(part.routeOf?.({ url: "/chat/lobby?token=1" } as IncomingMessage)).toBe("/chat/:room");
    expect(part.routeOf?.({ url: "/nowhere" } as IncomingMessage)).toBeUndefined();
  }
});
