import { once } from "node:events";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";

test("hello-ws says hello, tells that it is healthy and describes its socket", async () => {
  const { endpoint, stop } = await serveExample(new URL("hello-ws.ts", import.meta.url));
  const socket = new WebSocket(endpoint.replace("http", "ws"));
  const [[message], [closed]] = await Promise.all([once(socket, "message"), once(socket, "close")]);
  expect(JSON.parse(message.data)).toEqual({ message: "Hello, World!" });
  expect(closed.code).toBe(1000);

  expect(await (await fetch(`${endpoint}/health`)).json()).toMatchObject({ status: "healthy" });
  expect(await (await fetch(`${endpoint}/asyncapi.json`)).json()).toMatchObject({
    info: { title: "hello-ws", description: "A simple service" },
  });
  expect(await stop()).toBe(0);
});
