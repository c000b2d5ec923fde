import { Agent } from "node:http";
import { fileURLToPath } from "node:url";
import { serveExample } from "@appenv-internal/conformance";
import type { Socket } from "socket.io-client";
import { expect, it, vi } from "vitest";
import { client, next } from "./support/serve.ts";

// Each test starts a platform with two replicas, and a rollout starts two more.
vi.setConfig({ testTimeout: 180_000 });

const file = fileURLToPath(new URL("fixtures/replicas-app.ts", import.meta.url));

/** Sockets on both replicas. */
async function connectBoth(endpoint: string, transport: string): Promise<Map<number, Socket<any, any>>> {
  const found = new Map<number, Socket<any, any>>();
  while (found.size < 2) {
    const socket = client(endpoint, { transports: [transport] });
    found.set(await socket.emitWithAck("pid"), socket);
  }
  return found;
}

it("joins rooms across replicas: broadcasts, binary data, acknowledgements, counts", async () => {
  const { endpoint } = await serveExample(file);
  const [ada, bob] = [...(await connectBoth(endpoint, "websocket")).values()] as [Socket<any, any>, Socket<any, any>];
  await Promise.all([ada, bob].map((socket) => socket.emitWithAck("join", "blue")));
  const told = next(bob, "told");
  ada.emit("tell", "blue", { text: "hi", bytes: Buffer.from([1, 2]), none: null });
  // Behind the arguments is the position that recovery needs, as Socket.IO has it.
  expect((await told)[0]).toEqual({ text: "hi", bytes: Buffer.from([1, 2]), none: null });
  await expect.poll(() => ada.emitWithAck("count", "blue"), { timeout: 10_000 }).toBe(2);
  ada.on("who", (answer: (name: string) => void) => answer("ada"));
  bob.on("who", (answer: (name: string) => void) => answer("bob"));
  expect((await ada.emitWithAck("poll", "blue")).toSorted()).toEqual(["ada", "bob"]);
});

it("keeps a polling session with its replica, whichever replica its requests reach", async () => {
  const { endpoint } = await serveExample(file);
  await connectBoth(endpoint, "websocket");
  // A new connection for each request.
  const agent = new Agent({ keepAlive: false }) as never;
  const sockets = Array.from({ length: 6 }, () => client(endpoint, { transports: ["polling"], agent }));
  const losses: string[] = [];
  for (const socket of sockets) socket.on("disconnect", (reason) => losses.push(reason));
  const pids = await Promise.all(sockets.map((socket) => socket.emitWithAck("pid")));
  // The kernel chooses the replica that accepts a connection: go on until one request went the long way.
  let relayed = 0;
  for (let round = 0; round < 5 || (relayed === 0 && round < 500); round += 1) {
    expect(await Promise.all(sockets.map((socket) => socket.emitWithAck("pid")))).toEqual(pids);
    relayed = Math.max(...(await Promise.all(sockets.map((socket) => socket.emitWithAck("relayed")))));
  }
  expect(relayed).toBeGreaterThan(0);
  expect(losses).toEqual([]);
});

it("answers a polling session of a replica that is gone as Socket.IO does, so that its client connects again", async () => {
  const { endpoint } = await serveExample(file);
  await connectBoth(endpoint, "websocket");
  const response = await fetch(`${endpoint}/socket.io/?EIO=4&transport=polling&sid=AAAAAAAA.gone`);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ code: 1, message: "Session ID unknown" });
});

it("has no session of a replica that was killed: its clients connect anew, the others stay", async () => {
  const { endpoint } = await serveExample(file);
  const sockets = [...(await connectBoth(endpoint, "websocket"))];
  const heard = sockets.map(([, socket]) => next(socket, "number"));
  await fetch(`${endpoint}/send?n=1`);
  await Promise.all(heard);
  const [[pid, lost], [, stays]] = sockets as [[number, Socket<any, any>], [number, Socket<any, any>]];
  const { id } = stays;
  const again = next(lost, "connect");
  process.kill(pid, "SIGKILL");
  await again;
  expect([lost.recovered, stays.id]).toEqual([false, id]);
});

it.for<[string, number, number]>([
  ["websocket", 1_000, 100],
  ["polling", 40, 5],
])("loses no message to a client that recovers over a rollout: %s, %i clients", async ([transport, count, pauseMs]) => {
  const served = await serveExample(file, "-e", "VERSION=1");
  const sockets: Socket<any, any>[] = [];
  // Not all at once: a client gives up after 20 seconds.
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count) }, () =>
      client(served.endpoint, { transports: [transport], reconnectionDelay: 300, randomizationFactor: 0.5 }),
    );
    await Promise.all(some.map((socket) => socket.emitWithAck("pid")));
    sockets.push(...some);
  }
  const heard = sockets.map((socket) => {
    const numbers: number[] = [];
    socket.on("number", (n: number) => numbers.push(n));
    return numbers;
  });
  let sent = 0;
  const send = async (): Promise<void> => {
    // A connection of its own: one that is idle while its replica stops is ended, and this process may look too late.
    const headers = { connection: "close" };
    await (await fetch(`${served.endpoint}/send?n=${(sent += 1)}`, { headers })).text();
  };
  await send();
  await expect.poll(() => heard.every((numbers) => numbers.length === 1)).toBe(true);

  const rollout = { done: false };
  const served2 = served.run("serve", file, "--local", "--json", "-e", "VERSION=2").then(() => (rollout.done = true));
  while (!rollout.done) await Promise.all([send(), new Promise((resolve) => setTimeout(resolve, pauseMs))]);
  await served2;
  await expect
    .poll(() => Promise.all(sockets.map((socket) => socket.emitWithAck("version"))))
    .toEqual(sockets.map(() => "2"));
  await send();
  await expect.poll(() => heard.every((numbers) => numbers.includes(sent))).toBe(true);
  // Messages of two replicas may change places, but they do so for every client alike.
  const [first = []] = heard;
  expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
  expect(sockets.filter((socket) => !socket.recovered)).toHaveLength(0);
  expect(heard.filter((numbers) => numbers.join() !== first.join())).toEqual([]);
});
