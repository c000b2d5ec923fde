import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { duplexPair } from "node:stream";
import { ProcessBackplane } from "@appenv/backplane";
import { expect, it, onTestFinished } from "vitest";
import { socketIo, type SocketIoMount } from "../src/index.ts";

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
  const mount = socketIo({ io: { maxHttpBufferSize: 1_000 } });
  const stop = new AbortController();
  await mount.start({ name: "app", port: 0, signal: stop.signal, backplane });
  const server = createServer(mount.request).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await mount.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { mount, url: `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`, stop };
}

async function openSession({ url }: Replica): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return (JSON.parse((await response.text()).slice(1)) as { sid: string }).sid;
}

it("passes polls and posts on to the replica of the session", async () => {
  const backplane = new SharedBackplane();
  const [one, two] = [await startReplica(backplane), await startReplica(backplane)];
  const sid = await openSession(one);
  const posted = await fetch(`${two.url}&sid=${sid}`, { method: "POST", body: "40" });
  expect([posted.status, await posted.text()]).toEqual([200, "ok"]);
  const polled = await fetch(`${two.url}&sid=${sid}`);
  expect(await polled.text()).toMatch(/^40\{"sid":/);
});

it("ends a session whose client goes away during a poll that was passed on", async () => {
  const backplane = new SharedBackplane();
  const [one, two] = [await startReplica(backplane), await startReplica(backplane)];
  const sid = await openSession(one);
  const clients = (): any[] => Object.values((one.mount.io.engine as any).clients);
  const client = new AbortController();
  const polling = fetch(`${two.url}&sid=${sid}`, { signal: client.signal });
  await expect.poll(() => clients()[0]?.transport.writable, { timeout: 10_000 }).toBe(true);
  client.abort();
  await expect(polling).rejects.toThrow(/abort/i);
  await expect.poll(() => clients().length, { timeout: 10_000 }).toBe(0);
});

it("passes on no body that is too large", async () => {
  const backplane = new SharedBackplane();
  const [one, two] = [await startReplica(backplane), await startReplica(backplane)];
  const sid = await openSession(one);
  const posted = await fetch(`${two.url}&sid=${sid}`, { method: "POST", body: "4".repeat(1_001) });
  expect(posted.status).toBe(413);
});

it("opens no polling session while it stops, and closes those there are", async () => {
  const replica = await startReplica(new SharedBackplane());
  const sid = await openSession(replica);
  const polling = fetch(`${replica.url}&sid=${sid}`);
  const [session]: any[] = Object.values((replica.mount.io.engine as any).clients);
  await expect.poll(() => session.transport.writable, { timeout: 10_000 }).toBe(true);
  replica.stop.abort();
  await replica.mount.beforeDrain();
  expect(await (await polling).text()).toBe("1");
  expect((await fetch(replica.url)).status).toBe(503);
});

it("takes no WebSocket while it stops", async () => {
  const { mount, stop } = await startReplica(new SharedBackplane());
  const upgrade = async (): Promise<string> => {
    const [near, far] = duplexPair();
    const headers = {
      upgrade: "websocket",
      connection: "upgrade",
      "sec-websocket-version": "13",
      "sec-websocket-key": "A",
    };
    const request = { url: "/socket.io/?EIO=4&transport=websocket", method: "GET", headers } as IncomingMessage;
    mount.upgrade(request, far, Buffer.alloc(0));
    const [answer] = (await once(near, "data")) as [Buffer];
    return String(answer).split("\r\n", 1)[0] ?? "";
  };
  stop.abort();
  expect(await upgrade()).toBe("HTTP/1.1 503 Service Unavailable");
});

it("throws where it is called if something cannot be sent, as Socket.IO itself does", async () => {
  const { mount } = await startReplica(new SharedBackplane());
  expect(() => mount.io.emit("number", 1n)).toThrow(TypeError);
});
