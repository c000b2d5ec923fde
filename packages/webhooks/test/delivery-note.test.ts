import { openNotes, replayHeader, setReplaySource } from "@appenv/core/internal";
import { serveForTest } from "@appenv-internal/conformance";
import { expect, test } from "vitest";
import { z } from "zod";
import { github, webhook, type WebhookEvent } from "../src/index.ts";
import { plainApp } from "./support/plain-app.ts";
import { secret, signers } from "./support/signed.ts";

const notes = openNotes();
const good = "r".repeat(43);
setReplaySource(async (text) => (text === good ? { id: "d2", of: "d1" } : undefined));

async function serve(handler: (event: WebhookEvent) => unknown) {
  const env = plainApp();
  const payload = { push: z.object({}), release: z.object({ tag: z.string() }) };
  env.mount(webhook(github({ secret: () => secret }), handler as never, { payload }));
  const { fetch } = await serveForTest(env);
  notes.take();
  const send = async (body: string, more: Record<string, string> = {}, signed = true) => {
    const { headers } = signers.github(body);
    const own = signed
      ? headers
      : Object.fromEntries(Object.entries(headers).filter(([name]) => !/signature/i.test(name)));
    const { status } = await fetch("/webhooks/github", { method: "POST", headers: { ...own, ...more }, body });
    return { status, note: notes.take()?.deliveries[0] };
  };
  return send;
}

test("the platform is told of each delivery: how it was answered and why, with its body and without its signature", async () => {
  const send = await serve(() => {});
  const { status, note } = await send("{}", { "x-github-event": "push", authorization: "Bearer x", cookie: "a=b" });
  expect([status, note]).toMatchObject([
    204,
    {
      source: "github",
      path: "/webhooks/github",
      type: "push",
      verified: true,
      reason: "",
      bytes: 2,
      status: 204,
      replayOf: "",
    },
  ]);
  expect(Buffer.from(note?.body ?? []).toString()).toBe("{}");
  const names = note?.headers.map(([name]) => name);
  expect(names).toContain("x-github-event");
  expect(names?.filter((name) => /signature|authorization|cookie|host/.test(name))).toEqual([]);
  expect((await send("{}", { "x-github-event": "star" })).note).toMatchObject({
    status: 200,
    reason: expect.stringMatching(/ignored/),
  });
  expect((await send("{}", { "x-github-event": "release", "x-github-delivery": "d-9" })).note).toMatchObject({
    status: 400,
    verified: true,
    reason: expect.stringMatching(/tag/),
  });
});

test("a delivery that is not verified is told without its body and its headers, with the reason", async () => {
  const send = await serve(() => {});
  const wrong = { "x-hub-signature-256": "sha256=00", "x-github-event": "push" };
  for (const [{ status, note }, reason] of [
    [await send("{}", {}, false), "The header X-Hub-Signature-256 is missing."],
    [await send("{}", wrong), "The signature in X-Hub-Signature-256 is wrong, or too old."],
  ] as const) {
    expect([status, note]).toMatchObject([401, { verified: false, reason, headers: [], body: undefined, bytes: 2 }]);
  }
});

test("a replay of the platform needs no signature and calls the handler again; any other text is none", async () => {
  const events: WebhookEvent[] = [];
  const send = await serve((event) => void events.push(event));
  await send("{}", { "x-github-event": "push", "x-github-delivery": "same" });
  const replay = { "x-github-event": "push", "x-github-delivery": "same", [replayHeader]: good };
  const { status, note } = await send("{}", replay, false);
  expect([status, note]).toMatchObject([204, { id: "d2", replayOf: "d1", verified: true, delivery: "same" }]);
  expect(events.map(({ id, replayOf }) => [id, replayOf])).toEqual([
    ["same", undefined],
    ["same", "d1"],
  ]);
  expect((await send("{}", { ...replay, [replayHeader]: "x".repeat(43) }, false)).status).toBe(401);
});

test("bodies beyond the limits are left out, and deliveries beyond them too", () => {
  const base = {
    id: "",
    replayOf: "",
    at: 1,
    ms: 1,
    source: "s",
    path: "/",
    delivery: "",
    type: "",
    reason: "",
    run: "",
  };
  const add = (size: number) =>
    notes.deliveries.add({
      ...base,
      verified: true,
      bytes: size,
      status: 200,
      headers: [],
      body: new Uint8Array(size),
    });
  add(300 * 1_024);
  for (let index = 0; index < 20; index += 1) add(256 * 1_024);
  for (let index = 0; index < 600; index += 1) add(0);
  const kept = notes.take()?.deliveries ?? [];
  expect([kept.length, kept[0]?.body, kept.filter(({ body }) => (body?.byteLength ?? 0) > 0).length]).toEqual([
    500,
    undefined,
    16,
  ]);
});
