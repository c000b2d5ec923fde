import { once } from "node:events";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

test("streams as many measurements as asked for, then ends", async () => {
  const { endpoint, stop } = await serveExample(new URL("streaming-data.ts", import.meta.url));
  const address = endpoint.replace("http", "ws");
  const socket = new WebSocket(`${address}/measurements/pressure?everyMs=10&count=5`);
  const received: unknown[] = [];
  socket.on("message", (data) => received.push(JSON.parse(String(data))));
  expect((await once(socket, "close"))[0]).toBe(1000);
  expect(received).toHaveLength(5);
  expect(received[0]).toEqual({ sensor: "pressure", n: 0, value: 20 });

  const wrong = new WebSocket(`${address}/measurements/humidity`);
  const [, response] = (await once(wrong, "unexpected-response")) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(400);
  wrong.on("error", () => {}).terminate();
  expect(await stop()).toBe(0);
});
