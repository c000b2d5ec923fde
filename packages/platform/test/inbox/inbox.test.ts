import { join } from "node:path";
import type { NotedDelivery } from "@appenv/core/internal";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, test } from "vitest";
import { Inbox } from "../../src/inbox/inbox.ts";
import { isDelivery } from "../../src/replicas/read-delivery.ts";

const app = { project: "p", domain: "d", name: "shop" };
const all = { project: "", domain: "", app: "", source: "", failed: false };
const limits = { deliveries: 10, unverified: 3, bytes: 100, ms: 1_000 };

function delivery(changes: Partial<NotedDelivery> = {}): NotedDelivery {
  const texts = { id: "", replayOf: "", source: "github", path: "/webhooks/github", delivery: "1", type: "push" };
  const facts = { at: 5_000, ms: 3, verified: true, reason: "", bytes: 2, status: 202, run: "r1" };
  return { ...texts, ...facts, headers: [["x-github-event", "push"]], body: new Uint8Array([123, 125]), ...changes };
}

function open(file = join(tempDirectory(), "webhooks.db")) {
  return { file, inbox: new Inbox(file, limits) };
}

test("deliveries are kept with their bodies, listed newest first, filtered, and there when it is opened again", () => {
  const { file, inbox } = open();
  expect([inbox.list(all, 5), inbox.get("x")]).toEqual([[], undefined]);
  inbox.add(app, [delivery(), delivery({ source: "stripe", status: 500, reason: "no" })], 5_000);
  inbox.add(
    { ...app, name: "other" },
    [delivery({ verified: false, status: 401, headers: [], body: undefined })],
    5_000,
  );
  inbox.close();
  const again = new Inbox(file, limits);
  const found = again.list(all, 5);
  expect(found.map(({ app: { name }, source, status, replayable }) => [name, source, status, replayable])).toEqual([
    ["other", "github", 401, false],
    ["shop", "stripe", 500, true],
    ["shop", "github", 202, true],
  ]);
  const [newest, , oldest] = found;
  expect(again.list({ ...all, failed: true }, 5)).toHaveLength(2);
  expect(again.list({ ...all, app: "shop", source: "github" }, 5)).toHaveLength(1);
  expect(again.list(all, 5, newest?.number)).toHaveLength(2);
  expect(again.get(oldest?.id ?? "")).toMatchObject({
    headers: [["x-github-event", "push"]],
    body: new Uint8Array([123, 125]),
  });
  again.removeApp(app);
  expect(again.list(all, 5)).toHaveLength(1);
  again.close();
});

test("it is bounded by number, bytes and age, and what anybody can send pushes out nothing else", () => {
  const { inbox } = open();
  inbox.add(app, [delivery({ delivery: "good" })], 5_000);
  const forged = delivery({ verified: false, body: undefined, headers: [], status: 401 });
  inbox.add(
    app,
    Array.from({ length: 50 }, () => forged),
    5_000,
  );
  expect(inbox.list(all, 100).filter(({ verified }) => !verified)).toHaveLength(3);
  expect(inbox.list(all, 100).at(-1)?.delivery).toBe("good");
  const large = delivery({ body: new Uint8Array(60), bytes: 60 });
  inbox.add(app, [large, large], 5_000);
  expect(inbox.list(all, 100).map(({ replayable, verified }) => verified && replayable)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  inbox.add(
    app,
    Array.from({ length: 20 }, () => delivery()),
    5_500,
  );
  expect(inbox.list(all, 100)).toHaveLength(10);
  inbox.add(app, [delivery({ at: 7_000 })], 7_000);
  expect(inbox.list(all, 100)).toHaveLength(1);
  inbox.close();
});

test("a file that cannot be written costs deliveries, and nobody's request", () => {
  const inbox = new Inbox("/proc/none/webhooks.db", limits);
  expect(() => inbox.add(app, [delivery()])).not.toThrow();
  expect(inbox.list(all, 5)).toEqual([]);
});

test("messages that only look like deliveries are none", () => {
  expect(isDelivery(delivery())).toBe(true);
  const odd: unknown[] = [
    null,
    {},
    { ...delivery(), at: "now" },
    { ...delivery(), status: -1 },
    { ...delivery(), path: "x".repeat(5_000) },
    { ...delivery(), headers: [["a"]] },
    { ...delivery(), headers: [["a", {}]] },
    { ...delivery(), body: "text" },
    { ...delivery(), body: new Uint8Array(300 * 1_024) },
  ];
  expect(odd.filter(isDelivery)).toEqual([]);
});
