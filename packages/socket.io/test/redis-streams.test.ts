import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { RedisServer, systemProgram } from "@appenv-internal/conformance";
import type { Socket } from "socket.io-client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { client, next } from "./support/serve.ts";

// Each test starts three processes.
vi.setConfig({ testTimeout: 120_000 });

const redis = systemProgram("redis-server");
const file = fileURLToPath(new URL("fixtures/redis-app.ts", import.meta.url));

/** A process of its own, as on another machine: no platform joins it to others. */
interface Machine {
  readonly pid: number;
  readonly port: number;
  /** As a container host does it. */
  stop(): Promise<void>;
}

describe.skipIf(redis.missing !== undefined)("the official Redis streams adapter", () => {
  it("joins processes: rooms, binary data, acknowledgements, counts", async () => {
    await using server = await RedisServer.start(redis.path!);
    const machines = [await start(server.url), await start(server.url)];
    const [ada, bob] = machines.map(({ port }) => open(port)) as [Socket<any, any>, Socket<any, any>];
    const pids = await Promise.all([ada, bob].map((socket) => socket.emitWithAck("join", "blue")));
    expect(pids).toEqual(machines.map(({ pid }) => pid));
    const told = next(bob, "told");
    ada.emit("tell", "blue", { text: "hi", bytes: Buffer.from([1, 2]) });
    expect((await told)[0]).toEqual({ text: "hi", bytes: Buffer.from([1, 2]) });
    expect(await ada.emitWithAck("count", "blue")).toBe(2);
    ada.on("who", (answer: (name: string) => void) => answer("ada"));
    bob.on("who", (answer: (name: string) => void) => answer("bob"));
    expect((await ada.emitWithAck("poll", "blue")).toSorted()).toEqual(["ada", "bob"]);
  });

  it("gives a client what it missed on its way from a process that stops to another one", async () => {
    await using server = await RedisServer.start(redis.path!);
    const [first, second] = [await start(server.url), await start(server.url)];
    const balancer = await balance(first.port);
    const [ada, bob] = [open(balancer.port), open(second.port)];
    const heard: string[] = [];
    ada.on("told", (text: string) => heard.push(text));
    expect(await ada.emitWithAck("join", "blue")).toBe(first.pid);
    bob.emit("tell", "blue", "before");
    await expect.poll(() => heard).toEqual(["before"]);

    const { id } = ada;
    const lost = next(ada, "disconnect");
    ada.io.reconnection(false);
    const stopped = first.stop();
    await lost;
    bob.emit("tell", "blue", "missed");
    await stopped;
    balancer.to = second.port;
    ada.io.reconnection(true);
    ada.connect();
    await expect.poll(() => heard).toEqual(["before", "missed"]);
    expect([ada.recovered, ada.id]).toEqual([true, id]);
    bob.emit("tell", "blue", "after");
    await expect.poll(() => heard).toEqual(["before", "missed", "after"]);
  });
});

async function start(url: string): Promise<Machine> {
  const child = fork(file, { env: { ...process.env, REDIS_URL: url } });
  const exited = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  const ready = once(child, "message") as Promise<[{ readonly port: number }]>;
  const failed = exited.then(([code]) => Promise.reject(new Error(`the process ended with ${code}`)));
  const [{ port }] = await Promise.race([ready, failed]);
  failed.catch(() => {});
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  };
  return { pid: child.pid ?? 0, port, stop };
}

function open(port: number): Socket<any, any> {
  return client(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
}

/** A proxy between clients and machines. */
async function balance(first: number): Promise<{ to: number; readonly port: number }> {
  const balancer = { to: first, port: 0 };
  const server = createServer((near) => {
    const far = connect(balancer.to, "127.0.0.1");
    pipeline(near, far, near, () => {});
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  balancer.port = (server.address() as AddressInfo).port;
  return balancer;
}
