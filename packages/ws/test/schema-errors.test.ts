import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import type { Listening } from "@appenv/core";
import { webSockets, WebSocketAppEnvironment } from "../src/index.ts";
import { open, refused, type Client } from "./support.ts";

// No error of a schema or of the app's own functions ends more than the call it belongs to.

const Url = z.string().refine((text) => new URL(text).protocol === "https:");
const Deep = z.object({ data: z.json() });
const Parsed = z.object({ body: z.string().transform((text) => JSON.parse(text) as { a: number }) });
const Slow = z.object({ body: z.string().refine(async (text) => new URL(text).protocol === "https:", "is no https") });
const OutUrl = z.object({ url: Url });
const SlowOut = z.object({ url: z.string().refine(async (text) => new URL(text).protocol === "https:") });

const watched: unknown[] = [];
const sockets = webSockets({ origins: "any" })
  .route("/url", { incoming: z.object({ url: Url }) }, async (c) => {
    for await (const { url } of c) await c.send(url);
  })
  .route("/deep", { incoming: Deep }, async (c) => {
    for await (const { data } of c) await c.send(typeof data);
  })
  .route("/parsed", { incoming: Parsed }, async (c) => {
    for await (const { body } of c) await c.send(String(body.a));
  })
  .route("/slow", { incoming: Slow }, async (c) => {
    for await (const { body } of c) await c.send(body);
  })
  .route("/query", { query: z.object({ u: Url }) }, async (c) => void (await c.send("in")))
  .route("/slow-query", { query: z.object({ body: Slow.shape.body }) }, async (c) => void (await c.send("in")))
  .route("/params/:u", { params: z.object({ u: Url }) }, async (c) => void (await c.send("in")))
  .route("/out", { outgoing: OutUrl }, async (c) => {
    for await (const message of c) await c.send({ url: String(message) });
  })
  .route("/slow-out", { outgoing: SlowOut }, async (c) => {
    for await (const message of c) await c.send({ url: String(message) });
  })
  .route(
    "/auth",
    { authenticate: ({ headers }) => JSON.parse(String(headers["x-user"] ?? "{bad")) as { name: string } },
    async (c) => void (await c.send(c.identity.name)),
  )
  .route("/watched", {}, async (c) => {
    const room = await c.join("room", { presence: { name: "Ada" } });
    room.watch((change) => {
      watched.push(change);
      throw new Error("a watcher failed (expected in this test)");
    });
    for await (const _ of c) await c.send("still here");
  })
  .route("/unwritable", {}, async (c) => void (await c.join("room", { presence: { count: 1n } })));

let app: Listening;
let stderr: string[];

beforeAll(async () => {
  const env = new WebSocketAppEnvironment({ name: "sockets", sockets, requiresAuth: false });
  app = await env.listen({ port: 0, host: "127.0.0.1", handleSignals: false });
});

afterAll(() => app.close());

beforeEach(() => {
  stderr = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => stderr.push(String(text)) > 0);
});

afterEach(() => void vi.restoreAllMocks());

const nested = (depth: number): string => `{"data":${"[".repeat(depth)}${"]".repeat(depth)}}`;

describe("a message whose check throws", () => {
  it.each([
    ["/url", '{"url":"not a url"}', '{"url":"https://a.example"}', "https://a.example"],
    ["/deep", nested(20_000), nested(20), "object"],
    ["/parsed", '{"body":"{bad"}', '{"body":"{\\"a\\":1}"}', "1"],
    ["/slow", '{"body":"not a url"}', '{"body":"https://a.example"}', "https://a.example"],
  ])("on %s is refused; the connection takes the next one", async (path, bad, good, answer) => {
    const client = await open(app.endpoint + path);
    client.socket.send(bad);
    expect(JSON.parse(await client.next())).toMatchObject({
      code: "INVALID_MESSAGE",
      issues: [{ path: "", message: expect.stringMatching(/^Invalid input/) }],
    });
    client.socket.send(good);
    expect(await client.next()).toBe(answer);
  });
});

it("messages whose checks take time keep their order, and what does not fit is left out", async () => {
  const client = await open(`${app.endpoint}/slow`);
  for (const url of ["https://a.example", "http://b.example", "https://c.example"]) {
    client.socket.send(JSON.stringify({ body: url }));
  }
  const got = [await client.next(), await client.next(), await client.next()];
  expect(got.filter((text) => !text.startsWith("{"))).toEqual(["https://a.example", "https://c.example"]);
});

it.each(["/query?u=zzz", "/params/zzz", "/slow-query?body=zzz", "/slow-query?body=http://a"])(
  "an upgrade of %s is answered 400",
  async (path) => {
    expect(await refused(app.endpoint + path)).toMatchObject({ status: 400, body: { code: "INVALID_PARAMETERS" } });
  },
);

it("an error thrown by `authenticate` is answered 401", async () => {
  expect(await refused(`${app.endpoint}/auth`)).toMatchObject({ status: 401, body: { code: "UNAUTHENTICATED" } });
});

it.each(["/out", "/slow-out"])(
  "an answer of %s whose check throws closes with 1011; the log says why",
  async (path) => {
    const client = await open(app.endpoint + path);
    client.socket.send("https://a.example");
    expect(JSON.parse(await client.next())).toEqual({ url: "https://a.example" });
    client.socket.send("zzz");
    expect(await client.closed).toEqual({ code: 1011, reason: "internal error" });
    expect(stderr.join("")).toMatch(/INVALID_MESSAGE|does not fit the `outgoing` schema[^]*Invalid URL[^]*\n +at /);
  },
);

it("a watcher of a room that throws ends nothing", async () => {
  const one = await open(`${app.endpoint}/watched`);
  await said(one);
  const two = await open(`${app.endpoint}/watched`);
  await said(two);
  two.socket.close();
  await two.closed;
  await said(one);
  await expect.poll(() => watched.length).toBeGreaterThanOrEqual(2);
});

it("a presence that cannot be written closes with 1011, and is never told", async () => {
  const client = await open(`${app.endpoint}/unwritable`);
  expect((await client.closed).code).toBe(1011);
  expect(sockets.room("room").members).toEqual([]);
});

async function said({ socket, next }: Client): Promise<void> {
  socket.send("?");
  expect(await next()).toBe("still here");
  expect(socket.readyState).toBe(WebSocket.OPEN);
}
