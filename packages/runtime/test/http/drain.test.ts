import type { RequestListener, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { expect, test } from "vitest";
import {
  get,
  plainEnvironment,
  rawClient,
  serveForTest,
  untilLoad,
  upgradeRequest,
  type RawClient,
} from "../helpers.ts";

/** An app whose requests wait until the test answers them. */
function holding() {
  const held: ServerResponse[] = [];
  return { held, environment: plainEnvironment((_request, response) => void held.push(response)) };
}

const hello: RequestListener = (_request, response) => void response.end("hello");

test("open requests finish, and their connections end with them", async () => {
  const { held, environment } = holding();
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send(get("/"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  const drained = served.app.ingress.drain("rollout", 10_000);
  held[0]?.end("finished");
  await drained;
  await client.closed;
  expect(client.text).toContain("Connection: close");
  expect(client.text).toContain("finished");
});

test("accepting stops at once", async () => {
  const { held, environment } = holding();
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send(get("/"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  const drained = served.app.ingress.drain("rollout", 10_000);
  const late = rawClient(served.port).send(get("/"));
  await late.closed;
  expect(late.text).toBe("");
  expect(held).toHaveLength(1);
  held[0]?.end();
  await Promise.all([drained, client.closed]);
});

test.each(["rollout", "scale-down"] as const)(
  "an idle connection may still bring a request during a %s, and is then closed",
  async (reason) => {
    const served = await serveForTest(plainEnvironment(hello));
    const client = rawClient(served.port).send(get("/"));
    expect(await client.until("hello")).not.toContain("Connection: close");
    const drained = served.app.ingress.drain(reason, 10_000);
    client.received = Buffer.alloc(0);
    client.send(get("/"));
    expect(await client.until("hello")).toContain("Connection: close");
    await drained;
    await client.closed;
  },
);

test("a connection that stays idle is closed after a second, before the limit", async () => {
  const served = await serveForTest(plainEnvironment(hello));
  const client = rawClient(served.port).send(get("/"));
  await client.until("hello");
  const begin = performance.now();
  await served.app.ingress.drain("rollout", 30_000);
  expect(performance.now() - begin).toBeGreaterThan(900);
  expect(performance.now() - begin).toBeLessThan(30_000);
  await client.closed;
});

test("to stop, idle connections are closed at once, sooner than those of a rollout", async () => {
  const drains = (["rollout", "stop"] as const).map(async (reason) => {
    const served = await serveForTest(plainEnvironment(hello));
    const idle = rawClient(served.port).send(get("/"));
    await idle.until("hello");
    const fresh = rawClient(served.port);
    await untilLoad(served, ({ connections }) => connections === 2);
    return { reason, idle, fresh, served };
  });
  const ended: string[] = [];
  const ends = (await Promise.all(drains)).map(async ({ reason, idle, fresh, served }) => {
    await served.app.ingress.drain(reason, 30_000);
    ended.push(reason);
    await Promise.all([idle.closed, fresh.closed]);
  });
  await Promise.all(ends);
  expect(ended).toEqual(["stop", "rollout"]);
});

test("a request the app is still working on is not taken for an idle connection", async () => {
  const { held, environment } = holding();
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send(get("/"));
  const idle = rawClient(served.port);
  await untilLoad(served, ({ inFlight, connections }) => inFlight === 1 && connections === 2);
  const drained = served.app.ingress.drain("stop", 10_000);
  await idle.closed;
  await new Promise((resolve) => setTimeout(resolve, 200));
  held[0]?.end("finished");
  expect(await client.until("finished")).toContain("200 OK");
  await drained;
});

test("a request that is half sent is not taken for an idle connection", async () => {
  const served = await serveForTest(plainEnvironment(hello));
  const client = rawClient(served.port).send("GET / HTTP/1.1\r\n");
  await untilLoad(served, ({ connections }) => connections === 1);
  const drained = served.app.ingress.drain("rollout", 10_000);
  const timer = setInterval(() => client.send("X: y\r\n"), 10);
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  clearInterval(timer);
  client.send("Host: test\r\n\r\n");
  expect(await client.until("hello")).toContain("Connection: close");
  await drained;
});

test("open requests are cut at the limit", async () => {
  const { environment } = holding();
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send(get("/"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  await served.app.ingress.drain("stop", 200);
  await client.closed;
  expect(served.app.ingress.load()).toMatchObject({ inFlight: 0, connections: 0 });
  expect(client.text).toBe("");
});

test("a second drain makes the first one stricter", async () => {
  const { environment } = holding();
  const served = await serveForTest(environment);
  rawClient(served.port).send(get("/"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  const first = served.app.ingress.drain("rollout", 60_000);
  await served.app.ingress.drain("stop", 0);
  await first;
  expect(served.app.ingress.load().connections).toBe(0);
});

test.each([
  ["setHeader", (response: ServerResponse) => void response.setHeader("Content-Type", "text/event-stream")],
  [
    "writeHead",
    (response: ServerResponse) => void response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }),
  ],
])("event streams end cleanly (%s), although the app still writes", async (_name, head) => {
  const environment = plainEnvironment((_request, response) => {
    head(response);
    const timer = setInterval(() => response.write("data: tick\n\n"), 1);
    response.on("close", () => clearInterval(timer));
  });
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send(get("/"));
  await client.until("tick");
  await served.app.ingress.drain("scale-down", 10_000);
  await client.closed;
  // The last chunk of a chunked body.
  expect(client.text.endsWith("0\r\n\r\n")).toBe(true);
});

test("the app may write to an event stream that has been ended but not been read yet", async () => {
  const { held, environment } = holding();
  const served = await serveForTest(environment);
  const client = rawClient(served.port);
  client.socket.pause();
  client.send(get("/"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  const stream = held[0]!;
  // More than the kernel's buffers take, so that the end has to wait.
  stream.writeHead(200, { "Content-Type": "text/event-stream" }).write(`data: ${"x".repeat(10_000_000)}\n\n`);
  const drained = served.app.ingress.drain("rollout", 10_000);
  expect([stream.writableEnded, stream.writableFinished]).toEqual([true, false]);
  stream.write("data: late\n\n");
  await new Promise((resolve) => setImmediate(resolve));
  client.socket.resume();
  await drained;
  await client.closed;
  expect(client.text.endsWith("0\r\n\r\n")).toBe(true);
  expect(client.text).not.toContain("late");
});

test("a long download finishes although its client reads slowly", async () => {
  const size = 5_000_000;
  const served = await serveForTest(plainEnvironment((_request, response) => response.end(Buffer.alloc(size, "x"))));
  const client = rawClient(served.port);
  client.socket.pause();
  client.send(get("/"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  const drained = served.app.ingress.drain("stop", 10_000);
  client.socket.resume();
  await drained;
  await client.closed;
  expect(client.received.length).toBeGreaterThan(size);
});

/** A WebSocket server of one line: accepts, and says hello in a text frame. */
function sockets() {
  const accepted: Duplex[] = [];
  const environment = plainEnvironment(hello);
  environment.mount({
    matches: () => true,
    upgrade: (request, socket) => {
      if (request.url === "/refused") return void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      if (request.url === "/undecided") return;
      accepted.push(socket);
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
      socket.on("data", () => socket.end());
    },
  });
  return { accepted, environment };
}

/** The frames after the hello of `sockets`. */
async function closeFrameOf(client: RawClient): Promise<{ code: number; reason: string }> {
  await client.until("restarting");
  const start = client.received.indexOf("\r\n\r\n") + 4 + 4;
  const frame = client.received.subarray(start);
  expect(frame[0]).toBe(0x88);
  const length = frame[1] ?? 0;
  expect(frame.length).toBe(2 + length);
  return { code: frame.readUInt16BE(2), reason: frame.subarray(4, 2 + length).toString() };
}

test("WebSockets are told to reconnect, each after another while, and are waited for", async () => {
  const { environment } = sockets();
  const served = await serveForTest(environment);
  const clients = Array.from({ length: 5 }, () => rawClient(served.port).send(upgradeRequest()));
  await Promise.all(clients.map((client) => client.until("hi")));
  const drained = served.app.ingress.drain("rollout", 10_000);
  const waits = new Set<number>();
  for (const client of clients) {
    const { code, reason } = await closeFrameOf(client);
    expect(code).toBe(1012);
    const ms = Number(/^restarting; reconnect in (\d+)ms$/.exec(reason)?.[1]);
    expect(ms).toBeGreaterThanOrEqual(100);
    expect(ms).toBeLessThanOrEqual(3_000);
    waits.add(ms);
  }
  expect(waits.size).toBeGreaterThan(1);
  expect(served.app.ingress.load().sockets).toBe(5);
  for (const client of clients) {
    client.socket.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
    client.socket.end();
  }
  await drained;
});

test("a WebSocket accepted during the drain is told too; one that ignores it is cut at the limit", async () => {
  const { environment } = sockets();
  const served = await serveForTest(environment);
  const idle = rawClient(served.port).send(get("/"));
  await idle.until("hello");
  const drained = served.app.ingress.drain("rollout", 1_500);
  idle.received = Buffer.alloc(0);
  idle.send(upgradeRequest());
  expect(await closeFrameOf(idle)).toMatchObject({ code: 1012 });
  await drained;
  await idle.closed;
});

test("no close frame is written where no WebSocket was accepted", async () => {
  const { environment } = sockets();
  const served = await serveForTest(environment);
  const undecided = rawClient(served.port).send(upgradeRequest("/undecided"));
  const other = rawClient(served.port).send(get("/", "Connection: Upgrade\r\nUpgrade: something\r\n"));
  await other.until("hi");
  await untilLoad(served, (load) => load.sockets === 2);
  await served.app.ingress.drain("stop", 300);
  await Promise.all([undecided.closed, other.closed]);
  expect(undecided.text + other.text).not.toContain("restarting");
});

test("rebalancing ends as many keep-alive connections as asked, each after a response", async () => {
  const served = await serveForTest(plainEnvironment(hello));
  const clients = Array.from({ length: 4 }, () => rawClient(served.port).send(get("/")));
  for (const client of clients) {
    await client.until("hello");
    client.received = Buffer.alloc(0);
  }
  served.app.ingress.rebalance(2);
  for (const client of clients) await client.send(get("/")).until("hello");
  const ended = clients.filter(({ text }) => text.includes("Connection: close"));
  expect(ended).toHaveLength(2);
  await Promise.all(ended.map(({ closed }) => closed));
  expect(clients.filter(({ isOpen }) => isOpen)).toHaveLength(2);
});

test("accepting can pause and go on while connections live", async () => {
  const served = await serveForTest(plainEnvironment(hello));
  const client = rawClient(served.port).send(get("/"));
  await client.until("hello");
  served.app.ingress.pause();
  await rawClient(served.port).closed;
  client.received = Buffer.alloc(0);
  await client.send(get("/")).until("hello");
  const again = await served.app.ingress.accept({ port: served.port, host: "127.0.0.1" });
  expect(again).toBe(served.port);
  await rawClient(again).send(get("/")).until("hello");
});
