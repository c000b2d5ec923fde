import { once } from "node:events";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

test("echo sends back what it gets, and is described", async () => {
  const { endpoint, stop } = await serveExample(new URL("echo.ts", import.meta.url));
  const socket = new WebSocket(`${endpoint.replace("http", "ws")}/echo`);
  await once(socket, "open");
  socket.send("hello");
  expect(String((await once(socket, "message"))[0])).toBe("Echo: hello");
  socket.close();
  await once(socket, "close");
  expect(await (await fetch(`${endpoint}/asyncapi.json`)).json()).toMatchObject({
    channels: { echo: { address: "/echo" } },
  });
  expect((await fetch(`${endpoint}/sockets`)).status).toBe(200);
  expect(await stop()).toBe(0);
});
