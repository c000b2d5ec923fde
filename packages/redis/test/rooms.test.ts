import { once } from "node:events";
import { serveForTest, systemProgram, type Served } from "@appenv-internal/conformance";
import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { redisBackplane } from "../src/index.ts";
import { RedisServer } from "./redis-server.ts";

const redis = systemProgram("redis-server");

describe.skipIf(redis.missing !== undefined)("rooms over Redis", () => {
  test("without Redis a room works within each replica, health says so, and it recovers by itself", async () => {
    await using server = await RedisServer.start(redis.path!);
    const [a, b] = [await replica(server.url), await replica(server.url)];
    const [ada, bob, eve] = [await enter(a), await enter(a), await enter(b)];
    ada.socket.send("1");
    for (const { heard } of [ada, bob, eve]) await vi.waitFor(() => expect(heard).toEqual(["1"]));
    expect(await health(a)).toEqual({ status: "healthy", backplane: "healthy" });

    await server.stop();
    ada.socket.send("2");
    for (const { heard } of [ada, bob]) await vi.waitFor(() => expect(heard).toEqual(["1", "2"]));
    await vi.waitFor(async () => expect(await health(b)).toEqual({ status: "healthy", backplane: "degraded" }));
    const late = await enter(b);
    late.socket.send("3");
    await vi.waitFor(() => expect([late.heard, eve.heard]).toEqual([["3"], ["1", "3"]]));

    await server.start();
    await vi.waitFor(async () => expect(await health(a)).toEqual({ status: "healthy", backplane: "healthy" }), 10_000);
    await vi.waitFor(async () => expect(await health(b)).toEqual({ status: "healthy", backplane: "healthy" }), 10_000);
    bob.socket.send("4");
    for (const { heard } of [ada, bob, eve, late]) await vi.waitFor(() => expect(heard.at(-1)).toBe("4"), 10_000);
  });
});

function replica(url: string): Promise<Served> {
  const sockets = webSockets({ backplane: redisBackplane({ url }) }).route("/", {}, async (connection) => {
    const room = await connection.join("all");
    await connection.send("entered");
    for await (const message of connection) await room.broadcast(message);
  });
  return serveForTest(new WebSocketAppEnvironment({ name: "rooms", sockets, requiresAuth: false }));
}

async function enter({ url }: Served): Promise<{ socket: WebSocket; heard: string[] }> {
  const socket = new WebSocket(url.replace("http", "ws"));
  onTestFinished(() => socket.terminate());
  await once(socket, "message");
  const heard: string[] = [];
  socket.on("message", (data) => heard.push(String(data)));
  return { socket, heard };
}

async function health(served: Served): Promise<unknown> {
  const { status, notes }: any = await (await served.fetch("/health")).json();
  return { status, backplane: notes.backplane.status };
}
