import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { sendEvents, type EventsEnd, type ServerEvent } from "../src/event-sink.ts";
import { EventSocket } from "../src/event-socket.ts";

interface Served {
  readonly url: string;
  readonly port: number;
  /** Resolves with the server's end of the first socket. */
  readonly first: Promise<{ readonly sink: EventSocket; readonly socket: Duplex; readonly sent: Promise<void> }>;
}

/** A server that sends the same events over each WebSocket. */
async function serve(
  events: (gone: AbortSignal) => AsyncIterable<ServerEvent>,
  { everyMs, reason }: { readonly everyMs?: number; readonly reason?: EventsEnd } = {},
): Promise<Served> {
  const first = Promise.withResolvers<Awaited<Served["first"]>>();
  const server = createServer();
  const take = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const sink = await EventSocket.accept({ request, socket, head }, everyMs);
    if (sink === undefined) return;
    first.resolve({ sink, socket, sent: sendEvents(sink, events(sink.gone), () => reason ?? "done") });
  };
  server.on(
    "upgrade",
    (request, socket, head) =>
      void take(
        request,
        socket.on("error", () => {}),
        head,
      ),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}`, port, first: first.promise };
}

/** Nothing, until the reader has gone. */
async function* nothing(gone: AbortSignal): AsyncGenerator<ServerEvent> {
  await once(gone, "abort");
  yield* [];
}

/** A client that reads nothing until it is resumed. */
async function rawClient(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").pause();
  onTestFinished(() => void socket.destroy());
  socket.write(
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  return socket;
}

test("an event is its data with its name and its offset; the close code says why it ends", async () => {
  const ends: readonly [EventsEnd, number][] = [
    ["done", 1000],
    ["restart", 1012],
    ["unauthorized", 3000],
    ["failed", 1011],
  ];
  for (const [reason, code] of ends) {
    const { url } = await serve(
      async function* () {
        yield { id: 4, data: '{"value":"é","section":0}' };
        yield { event: "end", data: '{"reason":"closed"}' };
      },
      { reason },
    );
    const client = new WebSocket(url);
    const messages: unknown[] = [];
    client.on("message", (data: Buffer) => messages.push(JSON.parse(data.toString())));
    expect((await once(client, "close"))[0]).toBe(code);
    expect(messages).toEqual([
      { type: "value", offset: 4, value: "é", section: 0 },
      { type: "end", reason: "closed" },
    ]);
  }
});

test("a reader that does not read holds back what is sent, and gets all of it in order later", async () => {
  const count = 2_000;
  const text = "x".repeat(32_000);
  let made = 0;
  const { port, first } = await serve(async function* () {
    for (; made < count; made += 1) yield { id: made, data: JSON.stringify({ value: text }) };
  });
  const client = await rawClient(port);
  const { socket, sent } = await first;
  // 64 MB wait for the reader; what the system takes is a few, and here is no more than one event beyond the mark.
  await expect.poll(() => socket.writableNeedDrain).toBe(true);
  let before = -1;
  await expect
    .poll(
      () => {
        const same = made === before;
        before = made;
        return same;
      },
      { interval: 300 },
    )
    .toBe(true);
  expect(made).toBeLessThan(count);
  expect(socket.writableLength).toBeLessThan(socket.writableHighWaterMark + 33_000);
  let read = "";
  const offsets: number[] = [];
  client.on("data", (chunk: Buffer) => {
    read += chunk.toString("latin1");
    for (const [, offset] of read.matchAll(/"offset":(\d+),/g)) offsets.push(Number(offset));
    // The rest may hold the beginning of a number.
    read = read.slice(Math.max(read.lastIndexOf('"offset":'), 0)).replace(/^"offset":\d+,/, "");
  });
  client.resume();
  await sent;
  await expect.poll(() => offsets.length).toBe(count);
  expect(offsets).toEqual(Array.from({ length: count }, (_, offset) => offset));
});

test("a reader is pinged, and one that gives no sign of life is cut", async () => {
  const { url, first } = await serve(nothing, { everyMs: 50 });
  const client = new WebSocket(url);
  onTestFinished(() => client.terminate());
  let pings = 0;
  client.on("ping", () => (pings += 1));
  await expect.poll(() => pings).toBeGreaterThan(6);
  expect((await first).sink.gone.aborted).toBe(false);

  const other = await serve(nothing, { everyMs: 50 });
  const dead = new WebSocket(other.url, { autoPong: false });
  expect((await once(dead, "close"))[0]).toBe(1006);
  const { sink } = await other.first;
  await expect.poll(() => sink.gone.aborted).toBe(true);
});

test("an upgrade that is no handshake is refused, and a message that is too large ends the socket", async () => {
  const { url, port, first } = await serve(nothing);
  const response = await new Promise<string>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk))).on("close", () => resolve(text));
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  });
  expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*"code":"BAD_UPGRADE"/);
  const client = new WebSocket(url);
  await once(client, "open");
  client.send("nobody reads this");
  client.send("x".repeat(5_000));
  expect((await once(client, "close"))[0]).toBe(1009);
  await (
    await first
  ).sent;
});
