import { serveExample } from "@appenv-internal/conformance";
import { io } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";

test("hello-socket-io says hello and tells that it is healthy", async () => {
  const { endpoint, stop } = await serveExample(new URL("hello-socket-io.ts", import.meta.url));
  const socket = io(endpoint, { forceNew: true });
  onTestFinished(() => void socket.disconnect());
  const hello = await new Promise((resolve) => socket.once("hello", resolve));
  expect(hello).toEqual({ message: "Hello, World!" });
  expect(await (await fetch(`${endpoint}/health`)).json()).toMatchObject({ status: "healthy" });
  expect(await stop()).toBe(0);
});
