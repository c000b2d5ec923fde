import { on, once } from "node:events";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

test("a message of one client reaches all; an invalid one is answered with the reason", async () => {
  const { endpoint, stop } = await serveExample(new URL("broadcast.ts", import.meta.url));
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`${endpoint.replace("http", "ws")}/announcements`);
    await once(socket, "open");
    return socket;
  };
  const sockets = await Promise.all([open(), open(), open()]);
  const [speaker] = sockets;
  // A message that comes back shows that its sender has joined.
  for (const [index, socket] of sockets.entries()) {
    const back = hears(socket, `here ${index}`);
    socket.send(JSON.stringify({ text: `here ${index}` }));
    await back;
  }
  const heard = sockets.map((socket) => hears(socket, "hello"));
  speaker!.send(JSON.stringify({ text: "hello" }));
  await Promise.all(heard);
  speaker!.send("nonsense");
  expect(JSON.parse(String((await once(speaker!, "message"))[0]))).toMatchObject({
    type: "error",
    code: "INVALID_MESSAGE",
  });
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => once(socket, "close")));
  expect(await stop()).toBe(0);
});

/** Resolves when a socket has got this text. */
async function hears(socket: WebSocket, text: string): Promise<void> {
  for await (const [message] of on(socket, "message")) {
    if (JSON.parse(String(message)).text === text) return;
  }
}
