import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ProcessBackplane } from "@appenv/backplane";
import { expect, onTestFinished, test } from "vitest";
import { webSockets, type Connection, type SlowConsumer, type SocketRouter } from "../src/index.ts";
import { open } from "./support.ts";

const slowReaders = 1_000;
/** All of them together would take 600 MB, of which the system takes 200. */
const [highWaterMark, messageBytes, messages] = [20_000, 10_000, 60];
const frameBytes = messageBytes + 4;

test.for<[SlowConsumer, number]>([
  // Up to the mark, the frame that goes above it, and the one the system has taken half of.
  ["drop", highWaterMark + 2 * frameBytes],
  ["close", highWaterMark + 2 * frameBytes],
  // And the newest one.
  ["coalesce", highWaterMark + 3 * frameBytes],
])("1,000 clients that do not read cost what the mark allows, and slow down nobody: %s", async ([policy, allowed]) => {
  const connections: Connection<any, any, any, any, any>[] = [];
  const sockets = webSockets({ slowConsumer: policy, highWaterMark }).route("/", {}, async (connection) => {
    connections.push(connection);
    await connection.join("all");
    await once(connection.signal, "abort");
  });
  const path = await listen(sockets);
  const slow = Array.from({ length: slowReaders }, () => notReading(path));
  const reader = await open(`ws+unix:${path}:/`);
  await expect.poll(() => connections.length).toBe(slowReaders + 1);

  const before = await memory();
  for (let n = 0; n < messages; n += 1) {
    // Each of them gets a message of its own: what is broadcast is in memory once, whoever waits for it.
    for (const connection of connections) void connection.send(`${n}`.padEnd(messageBytes, "x"));
    expect(await reader.next()).toMatch(new RegExp(`^${n}x`));
    await sockets.room("all").broadcast(`broadcast ${n}`);
    expect(await reader.next()).toBe(`broadcast ${n}`);
  }
  expect((await memory()) - before).toBeLessThan(slowReaders * allowed);
  // With "close" they are not only told: those who do not even read that are cut off.
  await expect.poll(() => sockets.connections).toBe(policy === "close" ? 1 : slowReaders + 1);
  for (const socket of slow) socket.destroy();
  await expect.poll(() => sockets.connections).toBe(1);
});

test("a broadcast is in memory once, for any number of clients that wait for it", async () => {
  const sockets = webSockets({ highWaterMark: 100 * messages * frameBytes }).route("/", {}, async (connection) => {
    await connection.join("all");
    await once(connection.signal, "abort");
  });
  const path = await listen(sockets);
  const slow = Array.from({ length: slowReaders }, () => notReading(path));
  await expect.poll(() => sockets.connections).toBe(slowReaders);
  const reader = await open(`ws+unix:${path}:/`);
  const before = await memory();
  for (let n = 0; n < messages; n += 1) {
    await sockets.room("all").broadcast(`${n}`.padEnd(messageBytes, "x"));
    await reader.next();
  }
  // Of a frame of its own, each would keep most; of one of all, each keeps only its place in the queue.
  const aFrameEach = slowReaders * (messages * frameBytes - 200_000);
  expect((await memory()) - before).toBeLessThan(aFrameEach / 10);
  for (const socket of slow) socket.destroy();
});

/**
 * Serves sockets at a path of the file system: there the system keeps 200 KB for a client that does not read, while on
 * the loopback interface it keeps 4 MB.
 */
async function listen(sockets: SocketRouter<any>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "appenv-ws-"));
  const path = join(folder, "sockets");
  const { signal } = new AbortController();
  await sockets.start({ name: "slow", port: 0, signal, backplane: new ProcessBackplane() });
  const server = createServer().on("upgrade", (request, socket, head) => sockets.upgrade(request, socket, head));
  server.listen({ path, backlog: slowReaders });
  await once(server, "listening");
  onTestFinished(async () => {
    await sockets.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return path;
}

/** Paused before it is connected, so that nothing is ever read. */
function notReading(path: string): Socket {
  const socket = connect(path).pause();
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  return socket;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** The bytes in use. The process holds more of the system: garbage that it has not given back yet. */
async function memory(): Promise<number> {
  collectGarbage();
  // The memory of buffers is let go in another turn.
  await nextTurn();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
