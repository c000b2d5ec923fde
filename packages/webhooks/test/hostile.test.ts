import { createHmac } from "node:crypto";
import { serveForTest } from "@appenv-internal/conformance";
import { TaskEnvironment } from "@appenv/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { exposeTask, hmac, slack, standardWebhooks, stripe, webhook, type WebhookSource } from "../src/index.ts";
import { secret, signers, type Signed } from "./support/signed.ts";
import { plainApp } from "./support/plain-app.ts";

const options = { secret: () => secret };
const shop = { header: "X-Sign", encoding: "base64", prefix: "v=", timestampHeader: "X-Time", id: "X-Id" } as const;

/** The sources that sign a time, and how the time of a delivery is changed without its signature. */
const timed = {
  stripe: [stripe(options), "stripe-signature", (text: string, time: number) => text.replace(/t=\d+/, `t=${time}`)],
  slack: [slack(options), "x-slack-request-timestamp", (_: string, time: number) => String(time)],
  standard: [standardWebhooks(options), "webhook-timestamp", (_: string, time: number) => String(time)],
  shop: [hmac({ ...options, ...shop, name: "shop" }), "x-time", (_: string, time: number) => String(time)],
} as const;

async function serve(source: WebhookSource) {
  const payloads: unknown[] = [];
  const env = plainApp({ requiresAuth: true });
  env.mount(webhook(source, ({ payload }) => void payloads.push(payload)));
  const { fetch } = await serveForTest(env, ["a key that nobody sends"]);
  const send = async ({ headers, body }: Signed) =>
    (await fetch(`/webhooks/${source.name}`, { method: "POST", headers, body })).status;
  return { payloads, send };
}

test.each(Object.keys(timed) as (keyof typeof timed)[])(
  "%s: a delivery of a minute ago is taken, and not with the time of now",
  async (name) => {
    const [source, header, change] = timed[name];
    const { payloads, send } = await serve(source);
    const now = Math.floor(Date.now() / 1_000);
    const signed = signers[name]('{"id":"evt_1"}', now - 60);
    const altered = { ...signed.headers, [header]: change(signed.headers[header] ?? "", now) };
    expect(await send({ ...signed, headers: altered })).toBe(401);
    expect(payloads).toEqual([]);
    expect(await send(signed)).toBe(204);
  },
);

test("Standard Webhooks: the signature covers the id, and there must be one", async () => {
  const { payloads, send } = await serve(timed.standard[0]);
  const signed = signers.standard("{}");
  expect(await send({ ...signed, headers: { ...signed.headers, "webhook-id": "msg_2" } })).toBe(401);
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", Buffer.from(secret, "base64")).update(`.${time}.{}`).digest("base64");
  const headers = { "webhook-id": "", "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
  expect(await send({ body: "{}", headers: { ...signed.headers, ...headers } })).toBe(401);
  expect(payloads).toEqual([]);
});

test("a form whose payload would change prototypes is refused", async () => {
  const { payloads, send } = await serve(timed.slack[0]);
  for (const json of ['{"__proto__":{"admin":true}}', '{"a":{"constructor":{"prototype":{"admin":true}}}}']) {
    const signed = signers.slack(`payload=${encodeURIComponent(json)}`);
    const headers = { ...signed.headers, "content-type": "application/x-www-form-urlencoded" };
    expect(await send({ ...signed, headers })).toBe(400);
  }
  expect(payloads).toEqual([]);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test("inputs of a task that would change prototypes, or are none of its own, start nothing", async () => {
  const tasks = new TaskEnvironment({ name: "shop" });
  const order = tasks.task({ name: "order", input: z.object({ item: z.json().optional() }) }, () => undefined);
  const env = plainApp();
  env.mount(exposeTask(order));
  const { fetch } = await serveForTest(env);
  const send = async (body: string) => {
    const response = await fetch("/order", { method: "POST", headers: { "content-type": "application/json" }, body });
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await send('{"__proto__":{"item":1}}')).toEqual([400, "INVALID_JSON"]);
  expect(await send('{"item":{"a":[{"__proto__":{"admin":true}}]}}')).toEqual([400, "INVALID_JSON"]);
  expect(await send('{"item":{"\\u005f_proto__":1}}')).toEqual([400, "INVALID_JSON"]);
  expect(await send('{"constructor":1}')).toEqual([400, "INVALID_INPUT"]);
  expect(await send('{"toString":1}')).toEqual([400, "INVALID_INPUT"]);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});
