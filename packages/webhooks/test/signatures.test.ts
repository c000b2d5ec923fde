import { serveForTest } from "@appenv-internal/conformance";
import { describe, expect, test } from "vitest";
import {
  github,
  hmac,
  slack,
  standardWebhooks,
  stripe,
  webhook,
  type WebhookEvent,
  type WebhookSource,
} from "../src/index.ts";
import { secret, signers, type Signed } from "./support/signed.ts";
import { plainApp } from "./support/plain-app.ts";

const old = "b2xkLXNlY3JldC1vZi10ZXN0cw==";
const secrets = [() => secret, () => old];

const sources = {
  github: github({ secret: secrets }),
  stripe: stripe({ secret: secrets }),
  slack: slack({ secret: secrets }),
  standard: standardWebhooks({ secret: secrets }),
  shop: hmac({
    name: "shop",
    secret: secrets,
    header: "X-Sign",
    encoding: "base64",
    prefix: "v=",
    timestampHeader: "X-Time",
    id: "X-Id",
  }),
};

const body = JSON.stringify({ id: "evt_1", type: "push", event_id: "Ev1", text: "größer \u2028" });
const late = Math.floor(Date.now() / 1_000) - 301;

async function serve(source: WebhookSource) {
  const events: WebhookEvent[] = [];
  const env = plainApp({ requiresAuth: true });
  env.mount(webhook(source, (event) => void events.push(event)));
  const { fetch, url } = await serveForTest(env, ["a key that nobody sends"]);
  const path = `/webhooks/${source.name}`;
  const send = ({ headers, body: sent }: Signed) => fetch(path, { method: "POST", headers, body: sent });
  return { events, send, url: `${url}${path}` };
}

describe.each(Object.keys(sources) as (keyof typeof sources)[])("%s", (name) => {
  const sign = signers[name];

  test("takes what is signed with any of the secrets, without an API key", async () => {
    const { events, send } = await serve(sources[name]);
    expect((await send(sign(body))).status).toBe(204);
    const [event] = events;
    expect(event).toMatchObject({
      source: name,
      payload: JSON.parse(body),
      headers: { "content-type": "application/json" },
    });
    expect(event?.rawBody.toString()).toBe(body);
    expect(event?.id).toMatch(/^(d-1|evt_1|Ev1|msg_1|s-1)$/);
    const other = JSON.stringify({ id: "evt_2", type: "push", event_id: "Ev2" });
    const rotated = sign(other, undefined, old);
    const headers = { ...rotated.headers, ...(name === "shop" ? { "x-id": "s-2" } : {}) };
    expect((await send({ ...rotated, headers })).status).toBe(204);
  });

  test("gives what is forged, altered, truncated, unsigned or late one and the same answer", async () => {
    const { events, send } = await serve(sources[name]);
    const signed = sign(body);
    const { signatureHeader } = sources[name];
    const header = signatureHeader.toLowerCase();
    const value = signed.headers[header] ?? "";
    const { [header]: _, ...unsigned } = signed.headers;
    const wrong: Signed[] = [
      sign(body, undefined, "another-secret-entirely="),
      { ...signed, body: body.replace("push", "pull") },
      { ...signed, body: `${body} ` },
      { ...signed, body: body.slice(0, -1) },
      { ...signed, headers: unsigned },
      ...[value.slice(0, -1), `${value}0`, "", value.replace(/.$/, (last) => (last === "0" ? "1" : "0"))].map(
        (text) => ({
          ...signed,
          headers: { ...signed.headers, [header]: text },
        }),
      ),
      { ...signed, headers: { ...signed.headers, [header]: "sha256=,v0=,v1=,t=" } },
      ...(name === "github" ? [] : [sign(body, late), sign(body, late + 700), sign(body, Number.NaN), sign(body, -1)]),
    ];
    const answers = await Promise.all(
      wrong.map(async (one) => {
        const response = await send(one);
        return `${response.status} ${response.headers.get("content-type")} ${await response.text()}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^401 application\/problem\+json .*INVALID_SIGNATURE/);
    expect(events).toEqual([]);
  });

  test("takes a delivery once, however often it comes", async () => {
    const { events, send } = await serve(sources[name]);
    const signed = sign(body);
    const statuses = await Promise.all([send(signed), send(signed), send(signed)]);
    expect(statuses.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect((await send(sign(body))).status).toBe(204);
    expect(events).toHaveLength(1);
  });
});

test("Stripe: any of several signatures may be right; a second time is refused", async () => {
  const { send } = await serve(sources.stripe);
  const signed = signers.stripe(body);
  const value = signed.headers["stripe-signature"] ?? "";
  const with2 = (text: string) => send({ ...signed, headers: { ...signed.headers, "stripe-signature": text } });
  expect((await with2(value.replace("v1=", "v1=00,v0=11,v1="))).status).toBe(204);
  expect((await with2(`${value},t=1`)).status).toBe(401);
});

test("Slack's test of the address is answered with its challenge, if it is signed", async () => {
  const { events, send } = await serve(sources.slack);
  const challenge = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1a" });
  expect(await (await send(signers.slack(challenge))).json()).toEqual({ challenge: "3eZbrw1a" });
  expect((await send(signers.slack(challenge, late))).status).toBe(401);
  expect(events).toEqual([]);
});

test("a form of Slack is its fields, and the JSON in its payload", async () => {
  const { events, send } = await serve(sources.slack);
  await send(form("command=%2Fdeploy&trigger_id=1.2"));
  await send(form(`payload=${encodeURIComponent('{"type":"block_actions","trigger_id":"1.3"}')}`));
  expect(events).toMatchObject([
    { id: "1.2", type: "/deploy", payload: { command: "/deploy" } },
    { id: "1.3", type: "block_actions" },
  ]);
});

function form(text: string): Signed {
  const signed = signers.slack(text);
  return { ...signed, headers: { ...signed.headers, "content-type": "application/x-www-form-urlencoded" } };
}
