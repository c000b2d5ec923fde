import type { AppEnvironment } from "@appenv/core";
import { serveForTest } from "@appenv-internal/conformance";
import { expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { github, hmac, slack, standardWebhooks, stripe, webhook, type WebhookSource } from "../src/index.ts";
import { secret, signers, type Signed } from "./support/signed.ts";
import { plainApp } from "./support/plain-app.ts";

const push = z.object({ ref: z.string(), after: z.string().transform((text) => text.length) });
const release = z.object({ action: z.enum(["published", "deleted"]) });

function envWith(extension: ReturnType<typeof webhook>): AppEnvironment {
  const env = plainApp();
  env.mount(extension);
  return env;
}

async function serve(extension: ReturnType<typeof webhook>, path: string) {
  const { fetch } = await serveForTest(envWith(extension));
  const send = async ({ headers, body }: Signed) => {
    const response = await fetch(path, { method: "POST", headers, body });
    const text = await response.text();
    return [response.status, text === "" ? undefined : (JSON.parse(text) as unknown)];
  };
  return { send, fetch };
}

/** Collects the app's log meanwhile. */
function logged(): () => string {
  const spy = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([text]) => String(text)).join("");
}

let deliveries = 0;

function fromGithub(type: string, body: string): Signed {
  const signed = signers.github(body);
  const headers = { ...signed.headers, "x-github-event": type, "x-github-delivery": `d-${(deliveries += 1)}` };
  return { body, headers };
}

test("with schemas by type the handler is typed, other events are acknowledged and told of in the log", async () => {
  const log = logged();
  const { send, fetch } = await serve(
    webhook(
      github({ secret: () => secret }),
      (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"push" | "release">();
        if (event.type === "push") {
          expectTypeOf(event.payload).toEqualTypeOf<{ ref: string; after: number }>();
          return { pushed: event.payload.after };
        }
        expectTypeOf(event.payload).toEqualTypeOf<{ action: "published" | "deleted" }>();
        return { released: event.payload.action };
      },
      { payload: { push, release } },
    ),
    "/webhooks/github",
  );
  expect(await send(fromGithub("push", '{"ref":"main","after":"abc"}'))).toEqual([200, { pushed: 3 }]);
  expect(await send(fromGithub("release", '{"action":"published"}'))).toEqual([200, { released: "published" }]);
  expect(await send(fromGithub("ping", '{"zen":"z","hook_id":1}'))).toEqual([200, { ignored: "ping" }]);
  expect(await send(fromGithub("issues", '{"action":"opened"}'))).toEqual([200, { ignored: "issues" }]);
  expect(await send(fromGithub("constructor", "{}"))).toEqual([200, { ignored: "constructor" }]);
  expect(await send(fromGithub("push", '{"ref":1}'))).toMatchObject([
    400,
    { code: "INVALID_INPUT", issues: [{ path: "ref" }, { path: "after" }] },
  ]);
  expect((await send({ ...fromGithub("ping", "{}"), body: '{"forged":1}' }))[0]).toBe(401);
  expect(log()).toMatch(/webhook 'github': a delivery of 'issues' \(d-\d+\) is ignored/);
  const { paths } = (await (await fetch("/openapi.json")).json()) as { paths: Record<string, object> };
  expect(paths["/webhooks/github"]).toMatchObject({
    post: {
      requestBody: { content: { "application/json": { schema: { anyOf: [{ required: ["ref", "after"] }, {}] } } } },
    },
  });
});

test("an event that was ignored does not hide the one that comes with its id", async () => {
  logged();
  const { send } = await serve(
    webhook(github({ secret: () => secret }), () => ({ taken: true }), { payload: { push } }),
    "/webhooks/github",
  );
  const right = fromGithub("push", '{"ref":"main","after":"abc"}');
  const altered = { ...right, headers: { ...right.headers, "x-github-event": "ping" } };
  expect(await send(altered)).toEqual([200, { ignored: "ping" }]);
  expect(await send(right)).toEqual([200, { taken: true }]);
});

test("with one schema GitHub's ping is acknowledged, and the log says how other events are", async () => {
  const log = logged();
  const { send } = await serve(
    webhook(github({ secret: () => secret }), (event) => ({ length: event.payload.after }), { payload: push }),
    "/webhooks/github",
  );
  expect(await send(fromGithub("ping", '{"zen":"z"}'))).toEqual([200, { ignored: "ping" }]);
  expect(await send(fromGithub("push", '{"ref":"r","after":"a"}'))).toEqual([200, { length: 1 }]);
  expect((await send(fromGithub("issues\u009b2J", "{}")))[0]).toBe(400);
  expect(log()).toMatch(/a delivery of 'issues\?2J' \(d-\d+\) is refused\. .*`payload: \{ TYPE: schema \}`/);
});

test.each([
  ["stripe", stripe({ secret: () => secret }), "invoice.paid", "customer.created"],
  ["standard", standardWebhooks({ secret: () => secret }), "user.created", "user.deleted"],
  ["slack", slack({ secret: () => secret }), "app_mention", "message"],
] as const)("%s: types by payload", async (name, source, taken, other) => {
  logged();
  const schema = z.object({ id: z.string().optional() });
  const { send } = await serve(
    webhook(source, ({ type }) => ({ type }), { payload: { [taken]: schema } }),
    `/webhooks/${name}`,
  );
  const of = (type: string, id: string) =>
    signers[name](JSON.stringify(name === "slack" ? { event: { type }, event_id: id } : { type, id }));
  expect(await send(of(other, "e-1"))).toEqual([200, { ignored: other }]);
  expect(await send(of(taken, "e-2"))).toEqual([200, { type: taken }]);
});

test("senders' own tests of the address need no schema", async () => {
  logged();
  const schema = z.object({ needed: z.string() });
  const fromStripe = await serve(
    webhook(stripe({ secret: () => secret }), () => 1, { payload: schema }),
    "/webhooks/stripe",
  );
  const ping = '{"id":"evt_1","type":"v2.core.event_destination.ping"}';
  expect(await fromStripe.send(signers.stripe(ping))).toMatchObject([
    200,
    { ignored: expect.stringContaining("ping") },
  ]);
  const fromSlack = await serve(
    webhook(slack({ secret: () => secret }), () => 1, { payload: { x: schema } }),
    "/webhooks/slack",
  );
  const form = signers.slack("ssl_check=1&token=x");
  const headers = { ...form.headers, "content-type": "application/x-www-form-urlencoded" };
  expect(await fromSlack.send({ ...form, headers })).toEqual([200, undefined]);
  const verification = '{"type":"url_verification","challenge":"c"}';
  expect(await fromSlack.send(signers.slack(verification))).toEqual([200, { challenge: "c" }]);
});

test("schemas by type that cannot work are refused when they are written", () => {
  const mute: WebhookSource = hmac({ name: "mute", secret: () => secret, header: "X-Sign" });
  expect(() => webhook(mute, () => 1, { payload: { push } })).toThrow(/payload of the webhook 'mute'.*`type`/);
  const source = github({ secret: () => secret });
  expect(() => webhook(source, () => 1, { payload: {} })).toThrow(/one for each type of event/);
  expect(() => webhook(source, () => 1, { payload: { push: {} } as never })).toThrow(/one for each type of event/);
  const telling = hmac({ name: "telling", secret: () => secret, header: "X-Sign", type: "X-Type" });
  expect(() => webhook(telling, () => 1, { payload: { push } })).not.toThrow();
});
