import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { startFront, type Front } from "../src/flyte-backend/cut.ts";

async function started(): Promise<{ readonly front: Front; readonly taken: string[] }> {
  const taken: string[] = [];
  const server = createServer((request, response) => {
    taken.push(request.url ?? "");
    response.end("0123456789");
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.on("message", (text) => socket.send(String(text))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const front = await startFront(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    await front.close().catch(() => {});
    server.closeAllConnections();
    server.close();
  });
  return { front, taken };
}

/** The part of a body that arrived, and whether it was whole. */
async function read(url: string): Promise<string> {
  let text = "";
  try {
    const { body } = await fetch(url);
    for await (const chunk of body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    return text;
  } catch {
    return `${text}|`;
  }
}

test("requests pass as they are, but for the one that meets a fault", async () => {
  const { front, taken } = await started();
  const cut = front.next("/b", { kind: "cut", afterBytes: 4 });
  expect([await read(`${front.endpoint}/a`), await read(`${front.endpoint}/b`)]).toEqual(["0123456789", "0123|"]);
  await cut;
  expect([await read(`${front.endpoint}/b`), taken]).toEqual(["0123456789", ["/a", "/b", "/b"]]);
});

test("the server has done its work after a cut, and not after a loss", async () => {
  const { front, taken } = await started();
  void front.next("/cut", { kind: "cut" });
  void front.next("/lost", { kind: "lost" });
  expect(await Promise.all(["/cut", "/lost"].map((path) => read(front.endpoint + path)))).toEqual(["|", "|"]);
  expect(taken).toEqual(["/cut"]);
});

test("a proxy answers in its place, and a stalled answer never comes", async () => {
  const { front } = await started();
  front.always("/bad", { kind: "answer", status: 502, body: "no" });
  void front.next("/silent", { kind: "stalled" });
  expect((await fetch(`${front.endpoint}/bad`)).status).toBe(502);
  await expect(fetch(`${front.endpoint}/silent`, { signal: AbortSignal.timeout(50) })).rejects.toThrow("timeout");
});

test("nothing listens while it is down, and it comes back where it was", async () => {
  const { front } = await started();
  await front.down();
  expect(await read(front.endpoint)).toBe("|");
  await front.up();
  expect(await read(front.endpoint)).toBe("0123456789");
});

test("a WebSocket passes, and is cut", async () => {
  const { front } = await started();
  const open = new WebSocket(front.endpoint.replace("http", "ws"));
  open.on("open", () => open.send("hello"));
  expect(String(await new Promise((resolve) => open.once("message", resolve)))).toBe("hello");
  const ended = new Promise((resolve) => open.once("close", resolve));
  await front.down();
  expect(await ended).toBe(1006);
});
