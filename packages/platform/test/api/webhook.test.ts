import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createClient } from "@connectrpc/connect";
import type { NotedDelivery } from "@appenv/core/internal";
import { WebhookService } from "@appenv/protocol/tasks";
import { expect, onTestFinished, test } from "vitest";
import { Replays } from "../../src/inbox/replays.ts";
import { startApi } from "../support/api.ts";
import { failure, taking } from "../support/task-api.ts";

const app = { project: "p", domain: "d", name: "shop" };

function delivery(changes: Partial<NotedDelivery> = {}): NotedDelivery {
  const texts = { id: "", replayOf: "", source: "github", path: "/webhooks/github", delivery: "1", type: "push" };
  const facts = { at: Date.now(), ms: 3, verified: true, reason: "", bytes: 2, status: 202, run: "r1" };
  return { ...texts, ...facts, headers: [["x-github-event", "push"]], body: Buffer.from("{}"), ...changes };
}

test("deliveries are watched, listed by pages, and read with headers and body", async () => {
  const api = await startApi();
  const webhooks = createClient(WebhookService, api.transport);
  api.inbox.add(app, [delivery({ delivery: "1" })]);
  const stream = taking((signal) => webhooks.watchDeliveries({ app: "shop" }, { signal }));
  expect((await stream.next()).deliveries.map(({ deliveryId }) => deliveryId)).toEqual(["1"]);
  api.inbox.add({ ...app, name: "other" }, [delivery({ delivery: "of another" })]);
  api.inbox.add(app, [delivery({ delivery: "2", status: 500, reason: "It broke." })]);
  const [came] = (await stream.next()).deliveries;
  expect(came).toMatchObject({ deliveryId: "2", app: "shop", status: 500, reason: "It broke.", run: "r1", size: 2 });
  stream.end();
  const first = await webhooks.listDeliveries({ limit: 2 });
  const second = await webhooks.listDeliveries({ limit: 2, token: first.token });
  expect([first, second].map(({ deliveries }) => deliveries.map(({ deliveryId }) => deliveryId))).toEqual([
    ["2", "of another"],
    ["1"],
  ]);
  expect(second.token).toBe("");
  const { headers, body } = await webhooks.getDelivery({ id: came?.id ?? "" });
  expect(headers).toMatchObject([{ name: "x-github-event", value: "push" }]);
  expect(Buffer.from(body).toString()).toBe("{}");
  expect((await failure(webhooks.getDelivery({ id: "gone" }))).rawMessage).toContain("no delivery 'gone'");
});

test("a replay is what came, with a text that its app can ask for once, and no other app", async () => {
  const seen: { url: string; headers: Record<string, unknown>; body: string; replay: unknown }[] = [];
  const replays = new Replays();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const sent = request.headers["appenv-replay"];
    const replay = [replays.take(sent, { ...app, name: "other" }), replays.take(sent, app), replays.take(sent, app)];
    seen.push({ url: request.url ?? "", headers: { ...request.headers }, body, replay });
    response.writeHead(202).end("x".repeat(5_000));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kept = { ...delivery({ id: "d1" }), number: 1, app, replayable: true };
  const answer = await replays.send(kept, endpoint);
  expect([answer.status, answer.answer.length]).toEqual([202, 4_096]);
  expect(seen).toMatchObject([
    {
      url: "/webhooks/github",
      headers: { "x-github-event": "push" },
      body: "{}",
      replay: [undefined, { id: answer.id, of: "d1" }, undefined],
    },
  ]);
  await expect(replays.send({ ...kept, verified: false }, endpoint)).rejects.toMatchObject({ code: "NOT_REPLAYABLE" });
  await expect(replays.send({ ...kept, replayable: false }, endpoint)).rejects.toMatchObject({
    code: "NOT_REPLAYABLE",
  });
  await expect(replays.send(kept, "")).rejects.toMatchObject({ code: "NOT_REPLAYABLE" });
  await expect(replays.send(kept, "http://127.0.0.1:1")).rejects.toMatchObject({ code: "CALL_FAILED" });
});
