import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { plainEnvironment, rawClient, serveForTest, untilLoad } from "../helpers.ts";

const half = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10000000\r\n\r\nthe beginning";

/** Answers before the body is there, and wants no more of it. */
const hasty = plainEnvironment((_request, response) => {
  response.writeHead(413, { connection: "close" }).end("too much");
});

test("a client that is still sending gets an answer that ends its connection, and then the end", async () => {
  const { port } = await serveForTest(hasty);
  for (let round = 0; round < 20; round += 1) {
    const client = rawClient(port).send(half);
    const errors: Error[] = [];
    client.socket.on("error", (error) => errors.push(error));
    const send = (): void => {
      if (client.isOpen) client.socket.write("x".repeat(100_000), () => setImmediate(send));
    };
    send();
    await client.until("too much");
    expect(errors).toEqual([]);
    client.socket.destroy();
  }
});

test("one that goes on sending is cut off", async () => {
  const served = await serveForTest(hasty);
  const socket = connect({ port: served.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {}).resume();
  socket.write(half);
  const drip = setInterval(() => socket.writable && socket.write("x"), 20);
  await once(socket, "end");
  expect(served.app.ingress.load().connections).toBe(1);
  await untilLoad(served, ({ connections }) => connections === 0);
  clearInterval(drip);
  socket.destroy();
});
