import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import type { Socket } from "socket.io-client";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { z } from "zod";
import {
  SocketAppEnvironment,
  socketEvents,
  socketIo,
  type ClientToServerEvents,
  type RefusedEvent,
  type ServerToClientEvents,
} from "../src/index.ts";
import { client, next, serve } from "./support/serve.ts";

const Message = z.object({ text: z.string().trim().min(1), at: z.coerce.date().optional() });
const events = socketEvents({
  clientToServer: {
    say: { args: [z.string(), Message], ack: z.object({ id: z.number() }) },
    typing: z.boolean(),
  },
  serverToClient: { said: z.object({ text: z.string() }) },
});

async function start(): Promise<{ url: string; heard: unknown[][] }> {
  const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false, events });
  const heard: unknown[][] = [];
  env.io.on("connection", (socket) => {
    socket.on("say", (room, message, answer) => {
      expectTypeOf(room).toEqualTypeOf<string>();
      expectTypeOf(message.at).toEqualTypeOf<Date | undefined>();
      heard.push(["say", room, message]);
      answer({ id: heard.length });
      env.io.emit("said", { text: message.text });
    });
    socket.on("typing", (typing) => heard.push(["typing", typing]));
    socket.onAny((name) => name === "hidden" && heard.push(["hidden"]));
  });
  return { url: (await serve(env)).url, heard };
}

type ChatSocket = Socket<ServerToClientEvents<typeof events>, ClientToServerEvents<typeof events>>;

describe("declared events", () => {
  it("reach their listeners as their schemas put them out, and are answered", async () => {
    const { url, heard } = await start();
    const socket: ChatSocket = client(url);
    const said = next(socket, "said");
    const answer = await socket.emitWithAck("say", "blue", { text: "  hi ", at: "2026-01-02" });
    expectTypeOf(answer).toEqualTypeOf<{ id: number } | RefusedEvent>();
    expect(answer).toEqual({ id: 1 });
    expect(await said).toEqual([{ text: "hi" }]);
    expect(heard).toEqual([["say", "blue", { text: "hi", at: new Date("2026-01-02") }]]);
  });

  it("may be answered although nobody waits for it", async () => {
    const { url } = await start();
    const socket = client(url);
    const said = next(socket, "said");
    socket.emit("say", "blue", { text: "hi" });
    expect(await said).toEqual([{ text: "hi" }]);
  });

  it.for([
    ["a wrong argument", ["blue", { text: " " }], "/1/text"],
    ["a missing argument", ["blue"], "/1"],
    ["an argument too many", ["blue", { text: "hi" }, 3], "/2"],
  ] as const)("are refused in the acknowledgement for %s", async ([, args, path]) => {
    const { url, heard } = await start();
    const { error } = await client(url).emitWithAck("say", ...args);
    expect(error).toMatchObject({ code: "INVALID_EVENT", event: "say", issues: [{ path }] });
    expect(error.message).toContain(`'say' does not fit: ${path}: `);
    expect(heard).toEqual([]);
  });

  it("are refused by an event `error` if there is no acknowledgement, and the connection stays", async () => {
    const { url, heard } = await start();
    const socket = client(url);
    const refused = next(socket, "error");
    socket.emit("typing", "yes");
    expect(await refused).toMatchObject([
      { error: { code: "INVALID_EVENT", event: "typing", issues: [{ path: "/0" }] } },
    ]);
    socket.emit("typing", true);
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([["typing", true]]);
  });

  it("that are wrong in many places are told of 20", async () => {
    const list = socketEvents({ clientToServer: { tags: z.array(z.string()) }, serverToClient: {} });
    const { url } = await serve(new SocketAppEnvironment({ name: "tags", requiresAuth: false, events: list }));
    const wrong = Array.from({ length: 1000 }, (_, index) => index);
    const { error } = await client(url).emitWithAck("tags", wrong);
    expect(error.issues).toHaveLength(20);
    expect(error.message).toMatch(/\/0\/19: [^;]*$/);
  });

  it.for(["other", "toString", "__proto__"])("are the only ones: '%s' is refused", async (name) => {
    const { url } = await start();
    expect(await client(url).emitWithAck(name)).toMatchObject({ error: { code: "UNKNOWN_EVENT", event: name } });
  });

  it("are checked again after a connection was recovered", async () => {
    const env = new SocketAppEnvironment({
      name: "chat",
      requiresAuth: false,
      events,
      io: { connectionStateRecovery: {}, transports: ["websocket"] },
    });
    const recovered = vi.fn<(is: boolean) => void>();
    env.io.on("connection", (socket) => {
      recovered(socket.recovered);
      socket.emit("said", { text: "welcome" });
    });
    const socket = client((await serve(env)).url, { transports: ["websocket"] });
    await next(socket, "said");
    socket.io.engine.close();
    await next(socket, "connect");
    expect(recovered.mock.calls).toEqual([[false], [true]]);
    expect(await socket.emitWithAck("say", 1)).toMatchObject({ error: { code: "INVALID_EVENT" } });
  });
});

describe("namespaces", () => {
  it("have events of their own, also those whose name fits a pattern", async () => {
    const env = new SocketAppEnvironment({ name: "chat", requiresAuth: false });
    const rooms = env.namespace(/^\/room-\d+$/, { clientToServer: { add: { args: [z.number()], ack: z.number() } } });
    rooms.on("connection", (socket) => socket.on("add", (by, answer) => answer(by + 1)));
    env.io.on("connection", (socket) => socket.on("anything", (answer) => answer("as it is")));
    const { url } = await serve(env);
    expect(await client(`${url}/room-7`).emitWithAck("add", 1)).toBe(2);
    expect(await client(`${url}/room-7`).emitWithAck("add", "1")).toMatchObject({ error: { code: "INVALID_EVENT" } });
    expect(await client(url).emitWithAck("anything")).toBe("as it is");
  });

  it("are described in AsyncAPI, with their events", async () => {
    const mount = socketIo({ events });
    mount.namespace("/admin", { serverToClient: { load: z.object({ cpu: z.number() }).meta({ id: "host/Load" }) } });
    const document: any = await mount.asyncapi();
    expect(document.asyncapi).toBe("3.0.0");
    expect(document.channels["socket.io-main"].messages.receive_say).toMatchObject({
      name: "say",
      payload: { type: "array", prefixItems: [{ type: "string" }, { required: ["text"] }], minItems: 2 },
      "x-ack": { properties: { id: { type: "number" } } },
    });
    expect(document.channels["socket.io-admin"].messages.send_load.payload.prefixItems).toEqual([
      { $ref: "#/components/schemas/host-Load" },
    ]);
    expect(document.components.schemas["host-Load"]).toMatchObject({ properties: { cpu: { type: "number" } } });
    expect(document.channels["socket.io-admin"]["x-socket.io-namespace"]).toBe("/admin");
    expect(Object.keys(document.operations)).toEqual([
      "socket.io-main-receive",
      "socket.io-main-send",
      "socket.io-admin-send",
    ]);
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false });
    const validate = ajv.compile((specs as any).schemas["3.0.0"]);
    expect([validate(document), validate.errors]).toEqual([true, null]);
  });
});
