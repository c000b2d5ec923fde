import { expect, it } from "vitest";
import { id, startApps } from "../support/apps.ts";

/** POST publishes its body; GET /since?POSITION tells what came after it; /seen tells what this replica has heard. */
const chatty = `
  import { AppEnvironment } from ${JSON.stringify(import.meta.resolve("@appenv/core"))};
  export const env = new AppEnvironment({ name: "app", requiresAuth: false });
  let backplane;
  const seen = [];
  env.mount({
    matches: () => false,
    async start(context) {
      backplane = context.backplane;
      await backplane.subscribe("room", ({ payload }) => seen.push(Buffer.from(payload).toString()));
    },
  });
  env.server(() => async (request, response) => {
    const url = new URL(request.url, "http://x");
    if (request.method === "POST") {
      const payload = Buffer.concat(await request.toArray());
      return response.end(await backplane.publish("room", payload, { keep: 3 }));
    }
    if (url.pathname === "/seen") return response.end(JSON.stringify({ pid: process.pid, seen }));
    const { messages, complete } = await backplane.history("room", url.searchParams.get("after") ?? undefined);
    response.end(JSON.stringify({ complete, kept: messages.map(({ payload }) => Buffer.from(payload).toString()) }));
  });
`;

it("reaches every replica in the same order, and remembers across a rollout", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(chatty, { replicas: { min: 2, max: 2 } }));
  const { endpoint } = await apps.until(id, ({ readyReplicas }) => readyReplicas === 2);
  const publish = async (text: string): Promise<string> => (await ask(endpoint, { method: "POST", body: text })).text();
  const positions = [];
  for (const text of ["one", "two", "three", "four"]) positions.push(await publish(text));

  const seen = new Map<number, readonly string[]>();
  await expect
    .poll(async () => {
      const told = (await (await ask(`${endpoint}/seen`)).json()) as { pid: number; seen: string[] };
      seen.set(told.pid, told.seen);
      return [...seen.values()].filter((texts) => texts.length === 4).length;
    })
    .toBe(2);
  expect([...seen.values()]).toEqual([
    ["one", "two", "three", "four"],
    ["one", "two", "three", "four"],
  ]);

  await apps.controller.apply(id, apps.define(`${chatty}// changed`, { replicas: { min: 2, max: 2 } }));
  await apps.until(id, ({ revision, phase }) => revision === 2 && phase === "ACTIVE");
  const since = async (after: string): Promise<unknown> => (await ask(`${endpoint}/?after=${after}`)).json();
  expect(await since(positions[1] ?? "")).toEqual({ complete: true, kept: ["three", "four"] });
  expect(await since(positions[0] ?? "")).toEqual({ complete: true, kept: ["two", "three", "four"] });
  expect(await since("1-1")).toMatchObject({ complete: false });
});

/** A new connection each time, so that both replicas are met. */
function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, headers: { connection: "close" } });
}
