import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { SocketAppEnvironment } from "../src/index.ts";
import { client, next, serve } from "./support/serve.ts";

// No error of a schema or of the app's own functions ends more than the call it belongs to.

let told: string[];

beforeEach(() => {
  told = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => told.push(String(text)) > 0);
});

afterEach(() => void vi.restoreAllMocks());

const Url = z.string().refine((text) => new URL(text).protocol === "https:");
const events = {
  clientToServer: {
    url: { args: [Url], ack: z.string() },
    slow: { args: [z.string().refine(async (text) => new URL(text).protocol === "https:")], ack: z.string() },
    own: { args: [{ "~standard": { version: 1, vendor: "own", validate: fail } }], ack: z.string() },
    deep: { args: [z.json()], ack: z.string() },
  },
} as const;

it("refuses an event whose check throws, and takes the next one", async () => {
  const env = new SocketAppEnvironment({ name: "s", requiresAuth: false, events, io: { transports: ["websocket"] } });
  env.io.on("connection", (socket) => {
    socket.on("url", (_, answer) => answer("fits"));
    socket.on("deep", (_, answer) => answer("fits"));
  });
  const socket = client((await serve(env)).url, { transports: ["websocket"] });
  await next(socket, "connect");
  const refused = { code: "INVALID_EVENT", issues: [{ path: "/0", message: expect.stringMatching(/^Invalid input/) }] };
  for (const name of ["url", "slow", "own"]) {
    expect(await socket.emitWithAck(name, "nope")).toMatchObject({ error: refused });
  }
  const deep = next(socket, "error");
  // The client itself cannot write it.
  socket.io.engine.write(`2["deep",${"[".repeat(20_000)}${"]".repeat(20_000)}]`);
  expect(await deep).toMatchObject([{ error: refused }]);
  expect(await socket.emitWithAck("url", "https://a.example")).toBe("fits");
});

it("keeps the connection and its neighbours when a listener fails", async () => {
  const env = new SocketAppEnvironment({ name: "s", requiresAuth: false });
  env.io.use((socket, then) => (socket.handshake.auth["fails"] === true ? fail() : then()));
  env.io.on("connection", fail);
  const once = vi.fn<() => void>();
  env.io.on("connection", (socket) => {
    socket.on("throws", fail);
    socket.on("rejects", async () => fail());
    socket.on("fine", (answer) => answer("fine"));
    socket.once("once", once);
    socket.on("gone", fail);
    socket.off("gone", fail);
  });
  const names = env.io.of(/^\/name-\d+$/);
  names.on("connection", (socket) => {
    socket.on("throws", fail);
    fail();
  });
  const { url } = await serve(env);
  const [socket, neighbour, named] = [client(url), client(url), client(`${url}/name-1`)];
  const answer = { error: { code: "INTERNAL", event: expect.any(String) } };
  expect(await socket.emitWithAck("throws")).toMatchObject(answer);
  expect(await socket.emitWithAck("rejects", 1)).toMatchObject(answer);
  expect(await named.emitWithAck("throws")).toMatchObject(answer);
  socket.emit("throws");
  socket.emit("once").emit("once").emit("gone");
  expect([await socket.emitWithAck("fine"), await neighbour.emitWithAck("fine")]).toEqual(["fine", "fine"]);
  expect(once).toHaveBeenCalledOnce();
  const refused = client(url, { auth: { fails: true } });
  expect(await next(refused, "connect_error")).toMatchObject([{ message: "internal error" }]);
  expect(told.join("")).toMatch(/the listener of 'throws' failed: Error: the app failed\n +at /);
});

function fail(): never {
  throw new Error("the app failed");
}
