import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import { StreamService } from "@appenv/protocol/tasks";
import { socketMessages, type SocketMessage } from "@appenv-internal/test-support/socket-reader";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { ReadTokens } from "../../src/api/stream/read-tokens.ts";
import { send } from "../support/api.ts";
import { action, startTaskApi, type TaskApiFixture } from "../support/task-api.ts";

const run = { project: "flytesnacks", domain: "development", run: "r1" };
const pathOf = (name: string): string => `/streams/flytesnacks/development/${name}`;
const foreign = { origin: "https://shop.example" };

/** The messages of a WebSocket, and its close code or the status of the refusal. */
async function readAll(url: string, headers = {}): Promise<{ messages: SocketMessage[]; code: number }> {
  const messages: SocketMessage[] = [];
  const socket = socketMessages(url, headers);
  for (;;) {
    const next = await socket.next();
    if (next.done === true) return { messages, code: next.value };
    messages.push(next.value);
  }
}

async function startRun(): Promise<TaskApiFixture & { readonly token: string; readonly url: string }> {
  const api = await startTaskApi();
  await api.start("r1");
  const { token, url } = await createClient(StreamService, api.transport).createReadToken({ ...run, seconds: 60 });
  return { ...api, token, url };
}

test("a run is read once, as events and over a WebSocket, which say the same", async () => {
  const { endpoint, engine } = await startRun();
  const url = `${endpoint}${pathOf("r1")}`;
  const page = `${endpoint}/v2/domain/development/project/flytesnacks/runs/r1`;
  const now = await send(url);
  expect([now.status, now.headers["cache-control"], JSON.parse(now.body)]).toEqual([
    200,
    "no-store",
    { name: "r1", phase: "QUEUED", done: false, url: page },
  ]);
  const socket = socketMessages(url);
  expect((await socket.next()).value).toMatchObject({ type: "phase", phase: "QUEUED" });
  engine.change(action("r1"), { progress: { done: 1, total: 3, message: "first" } });
  const progress = { action: "a0", progress: { done: 1, total: 3, message: "first" }, metadata: {} };
  expect((await socket.next()).value).toEqual({ type: "progress", ...progress });
  engine.succeed(action("r1"), 2);
  const ended = { name: "r1", phase: "SUCCEEDED", done: true, url: page, output: 2 };
  expect((await socket.next()).value).toEqual({ type: "phase", ...ended });
  expect(await socket.next()).toEqual({ done: true, value: 1000 });
  const events = await send(url, { headers: { accept: "text/event-stream" } });
  expect(events.body).toBe(
    `event: progress\ndata: ${JSON.stringify(progress)}\n\nevent: phase\ndata: ${JSON.stringify(ended)}\n\n`,
  );
});

test("a run that did not succeed says why", async () => {
  const { endpoint, engine, start } = await startRun();
  await engine.abort(action("r1"), "enough");
  expect((await readAll(`${endpoint}${pathOf("r1")}`)).messages).toMatchObject([
    { phase: "ABORTED", error: { code: "ABORTED", message: "enough" } },
  ]);
  await start("r2");
  const error = { kind: "USER", code: "TypeError", message: "no", retryable: false } as const;
  engine.change(action("r2"), { phase: "FAILED", error: error as never, endedAt: new Date() });
  expect(JSON.parse((await send(`${endpoint}${pathOf("r2")}`)).body)).toMatchObject({
    phase: "FAILED",
    error: { code: "TypeError", message: "no" },
  });
});

test("a stream is read from an offset over a WebSocket, at both of its paths", async () => {
  const { endpoint, engine } = await startRun();
  engine.stream.values = ["a", { b: 1 }, "c"];
  const rest = [
    { type: "value", offset: 1, value: { b: 1 }, action: "a0", section: 0 },
    { type: "value", offset: 2, value: "c", action: "a0", section: 0 },
    { type: "end", reason: "closed" },
  ];
  for (const path of ["/words", "/streams/words"]) {
    const url = `${endpoint}${pathOf("r1")}${path}`;
    expect(await readAll(`${url}?from=1`)).toEqual({ messages: rest, code: 1000 });
    expect((await readAll(url, { "last-event-id": "0" })).messages).toEqual(rest);
  }
});

test("a WebSocket is refused as a request is", async () => {
  const { endpoint } = await startRun();
  const codeOf = async (path: string, headers = {}): Promise<number> =>
    (await readAll(`${endpoint}${path}`, headers)).code;
  expect([
    await codeOf(`${pathOf("r1")}/words`, foreign),
    await codeOf(`${pathOf("r1")}/words`, { host: "evil.example" }),
    await codeOf(`${pathOf("r1")}/words`, { "x-forwarded-for": "192.0.2.1" }),
    await codeOf(`${pathOf("r1")}/words?from=x`),
    await codeOf(`${pathOf("r0")}/words`),
    await codeOf("/streams/r1"),
    await codeOf("/flyteidl2.app.AppService/List"),
    await codeOf("/"),
  ]).toEqual([403, 403, 401, 400, 404, 404, 404, 404]);
});

test("other offers of protocols are declined, and their requests answered with their bodies", async () => {
  const { endpoint } = await startRun();
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      connection: "Upgrade, HTTP2-Settings",
      upgrade: "h2c",
      "http2-settings": "AAMAAABkAAQCAAAAAAIAAAAA",
    };
    const url = `${endpoint}/appenv.v1.StreamService/ListStreams`;
    const asked = httpRequest(url, { method: "POST", headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += String(chunk))).on("end", () => resolve(text));
    });
    asked.on("error", reject).end(JSON.stringify(run));
  });
  expect(answer).toBe("{}");
});

test("a token reads one run from any origin, and nothing else", async () => {
  const { endpoint, engine, start, token, url } = await startRun();
  expect(url).toBe(`${endpoint}${pathOf("r1")}`);
  expect(token).toMatch(/^art_/);
  engine.stream.values = ["a"];
  const bearer = { ...foreign, authorization: `Bearer ${token}` };
  const open = { "access-control-allow-origin": "*" };

  const shown = await send(url, { headers: bearer });
  expect([shown.status, shown.headers]).toMatchObject([200, open]);
  expect(shown.headers["access-control-allow-credentials"]).toBeUndefined();
  for (const answer of [
    await send(`${url}/streams/words`, { headers: bearer }),
    await send(`${url}/words?token=${token}`, { headers: foreign }),
    await send(`${url}/words?from=0&token=${token}`, { headers: foreign }),
  ]) {
    expect([answer.status, answer.headers, answer.body]).toMatchObject([200, open, expect.stringContaining('"a"')]);
  }
  expect((await send(`${url}/words?from=1&token=${token}`)).body).not.toContain('"a"');
  expect((await readAll(`${url}/words?token=${token}`, foreign)).messages).toHaveLength(2);
  expect((await readAll(`${url}/words`, bearer)).code).toBe(1000);

  // A browser asks before it sends a header.
  const asks = {
    ...foreign,
    "access-control-request-method": "GET",
    "access-control-request-headers": "authorization",
  };
  const preflight = await send(`${url}/words`, { method: "OPTIONS", headers: asks });
  expect([preflight.status, preflight.headers]).toMatchObject([
    204,
    { ...open, "access-control-allow-methods": "GET", "access-control-allow-headers": "authorization, last-event-id" },
  ]);
  expect((await send(`${endpoint}/v2/runs`, { method: "OPTIONS", headers: asks })).status).toBe(403);

  // Nothing else.
  await start("r2");
  const other = await send(`${endpoint}${pathOf("r2")}`, { headers: bearer });
  expect([other.status, other.body]).toEqual([403, "The token is for another run.\n"]);
  const json = { ...bearer, "content-type": "application/json" };
  const call = await send(`${endpoint}/appenv.v1.StreamService/ListStreams`, {
    method: "POST",
    headers: json,
    body: JSON.stringify(run),
  });
  expect([call.status, call.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  const post = await send(url, { method: "POST", headers: bearer });
  expect([post.status, post.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  const withoutToken = await send(url, { headers: foreign });
  expect([withoutToken.status, withoutToken.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  // A name of its own for this machine gets a page no further with a token than without.
  expect((await send(url, { headers: { ...bearer, host: "evil.example" } })).status).toBe(403);
});

test("a token that was changed, is over or is of another run of that name reads nothing", async () => {
  const { endpoint, engine, home, start, token, url } = await startRun();
  const statusOf = async (text: string): Promise<number> =>
    (await send(url, { headers: { authorization: `Bearer ${text}` } })).status;
  const [, content = "", mac = ""] = /^art_(.*)\.(.*)$/.exec(token) ?? [];
  const parts = JSON.parse(Buffer.from(content, "base64url").toString()) as unknown[];
  const forged = Buffer.from(JSON.stringify([...parts.slice(0, 4), Number(parts[4]) + 60])).toString("base64url");
  const { root } = engine.getRun(run)!;
  const old = new ReadTokens(home, endpoint, () => Date.now() - 3_600_000).issue(run, root.createdAt, 60);
  expect([await statusOf(token), await statusOf(`art_${forged}.${mac}`), await statusOf(old.token)]).toEqual([
    200, 401, 401,
  ]);
  expect((await send(`${url}?token=nonsense`)).status).toBe(401);
  // One of the platform's links is signed with the same key, for something else.
  const refused = await send(url, { headers: { ...foreign, authorization: `Bearer ${old.token}` } });
  expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([401, "*"]);
  await engine.deleteRun(run);
  expect(await statusOf(token)).toBe(404);
  await start("r1");
  expect(await statusOf(token)).toBe(404);
});

test("a reader is told when its token ends, when its key is revoked, and when the platform closes", async () => {
  const api = await startRun();
  const { endpoint, engine, home, url } = api;
  engine.stream.isOpen = true;
  engine.stream.values = ["a"];
  const { root } = engine.getRun(run)!;
  const short = new ReadTokens(home, endpoint).issue(run, root.createdAt, 1);
  expect(await readAll(`${url}/words?token=${short.token}`)).toMatchObject({ messages: [{ value: "a" }], code: 3000 });

  const { key, id } = await api.keys.createApiKey({ name: "reader" });
  const socket = socketMessages(`${url}/words`, { authorization: `Bearer ${key}` });
  expect((await socket.next()).value).toMatchObject({ value: "a" });
  await api.keys.revokeApiKey({ id });
  expect(await socket.next()).toEqual({ done: true, value: 3000 });

  const last = socketMessages(`${url}/words`);
  expect((await last.next()).value).toMatchObject({ value: "a" });
  const [end] = await Promise.all([last.next(), api.close()]);
  expect(end).toEqual({ done: true, value: 1012 });
});

test("a client that says nothing to a close does not hold the platform up", async () => {
  const { url, engine, close } = await startRun();
  engine.stream.isOpen = true;
  engine.stream.values = ["a"];
  const socket = new WebSocket(`${url.replace("http", "ws")}/words`);
  await new Promise((resolve) => socket.once("message", resolve));
  socket.pause();
  // The library itself waits half a minute for an answer to a close.
  const waited = new AbortController();
  const late = sleep(25_000, "late", { signal: waited.signal });
  expect(await Promise.race([close(), late])).toBeUndefined();
  waited.abort();
  await late.catch(() => {});
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.terminate();
});

test("a token is made for a time that is allowed, by whoever may change something, and is no key", async () => {
  const api = await startRun();
  const { createReadToken } = createClient(StreamService, api.transport);
  await expect(createReadToken({ ...run, seconds: 0 })).rejects.toThrow("604,800");
  await expect(createReadToken({ ...run, seconds: 604_801 })).rejects.toThrow("604,800");
  await expect(createReadToken({ ...run, run: "r9", seconds: 60 })).rejects.toThrow("no run 'r9'");

  // A platform on a public address, where programs of this machine need a key too.
  const open = await startTaskApi("0.0.0.0");
  await open.start("r1");
  const { token } = await createClient(StreamService, open.transport).createReadToken({ ...run, seconds: 60 });
  const statusOf = async (path: string, text: string, method = "GET"): Promise<number> =>
    (await send(`${open.endpoint}${path}`, { method, headers: { authorization: `Bearer ${text}` } })).status;
  expect([
    await statusOf(pathOf("r1"), token),
    // Another platform's.
    await statusOf(pathOf("r1"), api.token),
    await statusOf("/appenv.v1.StreamService/ListStreams", token, "POST"),
    await statusOf("/appenv/token", token, "POST"),
    await statusOf("/metrics", token),
  ]).toEqual([200, 401, 401, 401, 401]);
});
