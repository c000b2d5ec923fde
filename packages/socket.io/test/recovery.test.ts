import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ProcessBackplane } from "@appenv/backplane";
import type { Socket } from "socket.io-client";
import { expect, it, onTestFinished } from "vitest";
import { socketIo, type SocketIoMount } from "../src/index.ts";
import { client, next } from "./support/serve.ts";

/** The backplane of a platform, shared by replicas within this process. */
class SharedBackplane extends ProcessBackplane {
  override readonly name: string = "platform";
}

interface Replica {
  readonly mount: SocketIoMount;
  readonly url: string;
  readonly stop: AbortController;
}

async function startReplica(backplane: SharedBackplane): Promise<Replica> {
  const mount = socketIo({ io: { connectionStateRecovery: {} } });
  const stop = new AbortController();
  await mount.start({ name: "app", port: 0, signal: stop.signal, backplane });
  const server = createServer(mount.request).on("upgrade", mount.upgrade).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await mount.close();
    server.close();
    server.closeAllConnections();
  });
  return { mount, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** A client of one replica, which knows a position. */
async function connect({ mount, url }: Replica, namespace = "/"): Promise<Socket<any, any>> {
  const socket = client(url + namespace, { transports: ["websocket"] });
  const heard = next(socket, "told");
  await next(socket, "connect");
  mount.io.of(namespace).emit("told");
  await heard;
  return socket;
}

/** A client that comes back as another one, faster than any real one. */
async function comeBack(
  as: Socket<any, any>,
  to: Replica,
  listen: (socket: Socket<any, any>) => void = () => {},
  namespace = "/",
): Promise<Socket<any, any>> {
  const socket = client(to.url + namespace, { transports: ["websocket"], autoConnect: false });
  const { _pid, _lastOffset } = as as any;
  Object.assign(socket, { _pid, _lastOffset });
  listen(socket);
  socket.connect();
  await next(socket, "connect");
  return socket;
}

it.for(["/", "/rooms"])(
  "stores sessions when a replica begins to stop, before it closes them: %s",
  async (namespace) => {
    const backplane = new SharedBackplane();
    const [one, two] = [await startReplica(backplane), await startReplica(backplane)];
    for (const { mount } of [one, two]) mount.io.of(namespace);
    const before = await connect(one, namespace);
    for (const socket of one.mount.io.of(namespace).sockets.values()) await socket.join("blue");
    one.stop.abort();
    await one.mount.beforeDrain();
    two.mount.io.of(namespace).to("blue").emit("told", "in the meantime");
    const heard: string[] = [];
    const after = await comeBack(
      before,
      two,
      (socket) => socket.on("told", (text: string) => heard.push(text)),
      namespace,
    );
    expect([after.recovered, after.id, before.connected]).toEqual([true, before.id, true]);
    await expect.poll(() => heard).toEqual(["in the meantime"]);
  },
);

it("is not ready for its clients to go before all sessions are where others find them", async () => {
  const backplane = new SharedBackplane();
  const one = await startReplica(backplane);
  await connect(one);
  const stored = Promise.withResolvers<void>();
  const publish = backplane.publish.bind(backplane);
  backplane.publish = async (...args) => {
    await stored.promise;
    return publish(...args);
  };
  const order: string[] = [];
  one.stop.abort();
  const ready = one.mount.beforeDrain().then(() => order.push("ready"));
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  order.push("stored");
  stored.resolve();
  await ready;
  expect(order).toEqual(["stored", "ready"]);
});

it("lets a client connect anew whose session cannot be stored", async () => {
  const backplane = new SharedBackplane();
  const [one, two] = [await startReplica(backplane), await startReplica(backplane)];
  const before = await connect(one);
  for (const socket of one.mount.io.of("/").sockets.values()) socket.data = { number: 1n };
  one.stop.abort();
  await one.mount.beforeDrain();
  expect((await comeBack(before, two)).recovered).toBe(false);
});
