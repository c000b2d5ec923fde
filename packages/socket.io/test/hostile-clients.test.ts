import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { SocketAppEnvironment, type SocketAppEnvironmentOptions } from "../src/index.ts";
import { client, serve } from "./support/serve.ts";

async function start(io: SocketAppEnvironmentOptions["io"] = {}): Promise<{ url: string; address: string }> {
  const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false, io });
  env.io.on("connection", (socket) => socket.on("hello", (answer) => answer("world")));
  const { url } = await serve(env);
  return { url, address: `${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket` };
}

/** Speaks Engine.IO by hand, up to the connection to the main namespace. */
async function open(address: string, options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(address, options);
  onTestFinished(() => socket.terminate());
  socket.on("error", () => {});
  await once(socket, "open");
  return socket;
}

it("ends the connection of a client that sends nonsense, too much or broken text, and no other", async () => {
  const { url, address } = await start({ maxHttpBufferSize: 1_000, connectTimeout: 200 });
  const witness = client(url, { transports: ["websocket"] });
  const lost: unknown[] = [];
  witness.on("disconnect", (reason) => lost.push(reason));
  expect(await witness.emitWithAck("hello")).toBe("world");
  const attempts: ((socket: WebSocket) => void)[] = [
    (socket) => socket.send("nonsense"),
    (socket) => socket.send("42[no json"),
    (socket) => socket.send(`40${"x".repeat(2_000)}`),
    (socket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false }),
    (socket) => socket.send('42["hello"]'), // before it has joined a namespace
    () => {}, // joins none
  ];
  for (const attempt of attempts) {
    const socket = await open(address);
    const closed = once(socket, "close");
    attempt(socket);
    await closed;
  }
  expect(await witness.emitWithAck("hello")).toBe("world");
  expect(lost).toEqual([]);
});

it("leaves it to `allowRequest` which pages may connect, as Socket.IO does", async () => {
  const { address } = await start({
    allowRequest: ({ headers }, done) =>
      done(null, headers.origin === undefined || headers.origin === "https://a.example"),
  });
  const own = await open(address, { origin: "https://a.example" });
  expect(own.readyState).toBe(WebSocket.OPEN);
  const foreign = new WebSocket(address, { origin: "https://b.example" });
  foreign.on("error", () => {});
  const [, response] = await once(foreign, "unexpected-response");
  expect(response.statusCode).toBe(400);
  foreign.terminate();
});
