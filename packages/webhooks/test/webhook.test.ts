import { once } from "node:events";
import { connect } from "node:net";
import { serveForTest } from "@appenv-internal/conformance";
import { expect, test } from "vitest";
import { z } from "zod";
import { github, webhook, type WebhookHandler, type WebhookOptions } from "../src/index.ts";
import { secret, signers, type Signed } from "./support/signed.ts";
import { plainApp } from "./support/plain-app.ts";

const source = github({ secret: () => secret });

async function serve(handler: WebhookHandler<unknown>, options: WebhookOptions = {}) {
  const env = plainApp();
  env.mount(webhook(source, handler, options));
  const { fetch, port } = await serveForTest(env);
  const send = ({ headers, body }: Signed, path = "/webhooks/github") => fetch(path, { method: "POST", headers, body });
  return { send, fetch, port };
}

function delivery(body: string, headers: Record<string, string> = {}): Signed {
  const signed = signers.github(body);
  return { ...signed, headers: { ...signed.headers, ...headers } };
}

test("the handler's own answer is sent, and sent again", async () => {
  let calls = 0;
  const { send } = await serve((event) => {
    calls += 1;
    if (event.type === "teapot") return new Response("short and stout", { status: 418, headers: { "x-pot": "tea" } });
    return { calls };
  });
  const first = await send(delivery("{}"));
  expect([first.status, await first.json()]).toEqual([200, { calls: 1 }]);
  expect(await (await send(delivery("{}"))).json()).toEqual({ calls: 1 });
  const teapot = delivery("{}", { "x-github-event": "teapot", "x-github-delivery": "d-2" });
  const pot = await send(teapot);
  expect([pot.status, pot.headers.get("x-pot"), await pot.text()]).toEqual([418, "tea", "short and stout"]);
});

test("a delivery that failed is handled again when it is sent again", async () => {
  let calls = 0;
  const { send } = await serve(() => {
    calls += 1;
    if (calls === 1) throw new Error("the database password is 1234");
    return { calls };
  });
  const failed = await send(delivery("{}"));
  expect(failed.status).toBe(500);
  expect(await failed.text()).not.toContain("1234");
  expect(await (await send(delivery("{}"))).json()).toEqual({ calls: 2 });
});

test("a payload that does not fit its schema is answered 400 with the paths", async () => {
  const env = plainApp();
  const payload = z.object({ ref: z.string(), commits: z.array(z.object({ id: z.string() })).default([]) });
  env.mount(webhook(source, (event) => ({ commits: event.payload.commits.length }), { payload }));
  const { fetch } = await serveForTest(env);
  const send = ({ headers, body }: Signed) => fetch("/webhooks/github", { method: "POST", headers, body });
  const wrong = await send(delivery('{"ref":1,"commits":[{"id":"a"},{}]}'));
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({
    code: "INVALID_INPUT",
    issues: [{ path: "ref" }, { path: "commits.1.id" }],
  });
  // Nothing happened, so the same delivery may come again.
  expect(await (await send(delivery('{"ref":"main"}'))).json()).toEqual({ commits: 0 });
  const { paths } = (await (await fetch("/openapi.json")).json()) as { paths: Record<string, object> };
  expect(paths["/webhooks/github"]).toMatchObject({
    post: {
      security: [],
      requestBody: { content: { "application/json": { schema: { properties: { ref: { type: "string" } } } } } },
      responses: { 202: {}, 401: {} },
    },
  });
});

test("keys that would change prototypes are refused, however they are written", async () => {
  const { send } = await serve(({ payload }) => Object.assign({}, payload));
  for (const body of [
    '{"a":[{"__proto__":{"admin":true}}]}',
    '{"\\u005f_proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
  ]) {
    const response = await send(delivery(body));
    expect([response.status, await response.json()]).toMatchObject([400, { code: "INVALID_JSON" }]);
  }
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
  expect((await send(delivery('{"text":"__proto__ and constructor"}'))).status).toBe(200);
  expect((await send(delivery(`${"[".repeat(4_000)}"\\u0041"${"]".repeat(4_000)}`))).status).toBe(200);
});

test("ids that do not fit a header are written as their hash, and stay apart", async () => {
  const ids: string[] = [];
  const { send } = await serve(({ id }) => void ids.push(id));
  const strange = ["a b", 'a"b; c=d', "x".repeat(300), ""];
  for (const id of strange) expect((await send(delivery("{}", { "x-github-delivery": id }))).status).toBe(204);
  expect(new Set(ids).size).toBe(strange.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{40}$/);
});

test("only POST is taken, only at the path, and no body above the limit", async () => {
  const { send, fetch } = await serve(() => undefined, { path: "/hook", bodyBytes: 1_000 });
  const get = await fetch("/hook?x=1");
  expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await send(delivery("{}"), "/hooks")).status).toBe(404);
  expect((await send(delivery("{}"), "/hook?x=1")).status).toBe(204);
  const large = await send(delivery(`"${"x".repeat(1_000)}"`), "/hook");
  expect([large.status, await large.json()]).toMatchObject([413, { code: "BODY_TOO_LARGE" }]);
});

test("a sender that sends its body byte by byte is answered 408 and cut off", async () => {
  const { port } = await serve(() => undefined, { bodyTimeout: "200ms" });
  const socket = connect(port, "127.0.0.1");
  socket.write("POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  const drip = setInterval(() => socket.writable && socket.write("x"), 20);
  socket.on("error", () => {});
  let answer = "";
  socket.on("data", (chunk) => (answer += String(chunk)));
  await once(socket, "close");
  clearInterval(drip);
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(answer).toContain("BODY_TOO_SLOW");
});

test("above the rate limit deliveries are answered 429 with Retry-After", async () => {
  const { send } = await serve(() => undefined, { rateLimit: { requests: 2, per: "10m" } });
  await send(delivery("{}"));
  expect((await send(delivery("{}"))).status).toBe(204);
  const limited = await send(delivery("{}"));
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(500);
  expect(await limited.json()).toMatchObject({ code: "RATE_LIMITED" });
});

test("more deliveries than are handled at once are put off, and handled when they come again", async () => {
  const handled: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { send } = await serve(
    async ({ id }) => {
      handled.push(id);
      begin();
      await gate;
      return { id };
    },
    { concurrency: 1 },
  );
  const first = send(delivery("{}"));
  await begun;
  // The same delivery waits for its one answer; another one is put off before the handler is called.
  const again = send(delivery("{}"));
  const other = delivery("{}", { "x-github-delivery": "d-2" });
  const putOff = await send(other);
  expect([putOff.status, putOff.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await putOff.json()).toMatchObject({ code: "OVERLOADED" });
  open();
  expect([await (await first).json(), await (await again).json()]).toEqual([{ id: "d-1" }, { id: "d-1" }]);
  expect(await (await send(other)).json()).toEqual({ id: "d-2" });
  expect(handled).toEqual(["d-1", "d-2"]);
  expect(() => webhook(source, () => {}, { concurrency: 0 })).toThrow("concurrency");
});

test("an app whose webhook has no secret does not start", async () => {
  for (const missing of ["NO_SUCH_VARIABLE", () => undefined, ["NO_SUCH_VARIABLE"], []]) {
    const env = plainApp();
    env.mount(webhook(github({ secret: missing }), () => undefined));
    await expect(serveForTest(env)).rejects.toMatchObject({ code: "MISSING_SECRET" });
  }
});

test("other paths of the app still need a key", async () => {
  const env = plainApp({ requiresAuth: true });
  env.mount(webhook(source, () => undefined));
  const { fetch } = await serveForTest(env, ["key"]);
  expect((await fetch("/")).status).toBe(401);
  expect((await fetch("/webhooks/github/../../")).status).toBe(401);
  expect((await fetch("/webhooks/githubber")).status).toBe(401);
  expect((await fetch("/", { headers: { "x-api-key": "key" } })).status).toBe(200);
});
