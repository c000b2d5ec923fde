import { once } from "node:events";
import type { RequestListener } from "node:http";
import { RedisServer, serveForTest, systemProgram, type Served } from "@appenv-internal/conformance";
import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { redisBackplane } from "@appenv/backplane/redis";

const redis = systemProgram("redis-server");
const outageMs = 30_000;
/** Waits that doubled without a cap would, after 30 seconds, let the next attempt come 21 seconds later. */
const recoveryMs = 15_000;

describe.skipIf(redis.missing !== undefined)("rooms over Redis", () => {
  test("without Redis for 30 seconds rooms work within each replica, health says so, and it recovers by itself", async () => {
    await using server = await RedisServer.start(redis.path!);
    const [a, b] = [await replica(server.url), await replica(server.url)];
    const [ada, bob, eve] = [await enter(a, "ada"), await enter(a, "bob"), await enter(b, "eve")];
    ada.socket.send("before");
    for (const { heard } of [ada, bob, eve]) await expect.poll(() => heard).toEqual(["before"]);
    expect([await health(a), await health(b)]).toEqual([connected, connected]);

    await server.stop();
    const gone = performance.now();
    const since = (): number => performance.now() - gone;
    await expect
      .poll(async () => [await health(a), await health(b)], { timeout: recoveryMs })
      .toEqual([degraded, degraded]);
    const late = await enter(b, "late");
    const saidOn = { a: ["before"], b: ["before"] };
    for (let n = 0; since() < outageMs; n += 1) {
      saidOn.a.push(`a${n}`);
      saidOn.b.push(`b${n}`);
      ada.socket.send(`a${n}`);
      late.socket.send(`b${n}`);
      await expect.poll(() => [ada.heard, bob.heard]).toEqual([saidOn.a, saidOn.a]);
      await expect.poll(() => [eve.heard, late.heard]).toEqual([saidOn.b, saidOn.b.slice(1)]);
      expect([await health(a), await health(b)]).toEqual([degraded, degraded]);
    }

    await server.start();
    const back = performance.now();
    await expect
      .poll(async () => [await health(a), await health(b)], { timeout: recoveryMs })
      .toEqual([connected, connected]);
    bob.socket.send("after");
    const all = [ada, bob, eve, late];
    await expect.poll(() => all.map(({ heard }) => heard.at(-1))).toEqual(all.map(() => "after"));
    expect(performance.now() - back).toBeLessThan(recoveryMs);
    // A message from the time while Redis was away was heard once, on its own replica only.
    expect([bob.heard, eve.heard]).toEqual([
      [...saidOn.a, "after"],
      [...saidOn.b, "after"],
    ]);
    for (const served of [a, b]) await expect.poll(() => present(served)).toEqual(["ada", "bob", "eve", "late"]);
  }, 120_000);
});

function replica(url: string): Promise<Served> {
  const query = z.object({ as: z.string() });
  const sockets = webSockets({ backplane: redisBackplane({ url }) }).route("/", { query }, async (connection) => {
    const room = await connection.join("all", { presence: connection.query.as });
    await connection.send("entered");
    for await (const message of connection) await room.broadcast(message);
  });
  const request: RequestListener = (_, response) => {
    response.end(JSON.stringify(sockets.room("all").members.map(({ presence }) => presence)));
  };
  return serveForTest(new WebSocketAppEnvironment({ name: "rooms", sockets, request, requiresAuth: false }));
}

async function enter({ url }: Served, name: string): Promise<{ socket: WebSocket; heard: string[] }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}?as=${name}`);
  onTestFinished(() => socket.terminate());
  await once(socket, "message");
  const heard: string[] = [];
  socket.on("message", (data) => heard.push(String(data)));
  return { socket, heard };
}

async function present(served: Served): Promise<unknown> {
  const names = (await (await served.fetch("/")).json()) as string[];
  return names.toSorted();
}

const connected = { status: "healthy", backplane: "healthy" };
const degraded = { status: "healthy", backplane: "degraded" };

async function health(served: Served): Promise<unknown> {
  const { status, notes }: any = await (await served.fetch("/health")).json();
  return { status, backplane: notes.backplane.status };
}
