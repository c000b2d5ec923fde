import { once } from "node:events";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { defaultTiming } from "../../../src/apps/timing.ts";
import { id, server, startApps } from "../../support/apps.ts";

// A request is answered when its body has ended, so the test decides how long each one is open.
const held = server(`(request, response) => request.resume().on("end", () => response.end("done"))`);

it("raises the replicas to the maximum under 200 open requests, and falls back afterwards", async () => {
  await using apps = await startApps();
  const scaling = { replicas: { min: 0, max: 4 }, metric: { concurrency: 10 }, scaledownAfterMs: 1_000 };
  await apps.controller.apply(id, apps.define(held, scaling));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");

  const open = Array.from({ length: 200 }, () => holdOpen(endpoint));
  const peak = await apps.until(id, ({ readyReplicas }) => readyReplicas === 4);
  // One that was idle for a window before the requests came may still be draining.
  expect(peak.replicas.filter(({ state }) => state !== "draining")).toHaveLength(4);
  const answers = await Promise.all(open.map((one) => one.finish()));
  expect(new Set(answers)).toEqual(new Set(["done"]));
  await apps.until(id, ({ replicas }) => replicas.length === 0);
});

it("keeps a replica as long as a request is open, however long", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(held, { scaledownAfterMs: 200 }));
  const { endpoint, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const open = holdOpen(endpoint);
  await windowsPass(200);
  expect(apps.controller.get(id)?.replicas[0]?.pid).toBe(replicas[0]?.pid);
  expect(await open.finish()).toBe("done");
  await apps.until(id, (app) => app.replicas.length === 0);
});

it("never goes below the smallest number", async () => {
  await using apps = await startApps();
  const changes = { replicas: { min: 1, max: 1 }, scaledownAfterMs: 100 };
  await apps.controller.apply(id, apps.define(held, changes));
  const { replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await windowsPass(100);
  expect(apps.controller.get(id)?.replicas[0]?.pid).toBe(replicas[0]?.pid);
});

/** The autoscaler looks at real time, so to see that it does nothing several of its windows must really pass. */
async function windowsPass(windowMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5 * Math.max(windowMs, defaultTiming.tickMs)));
}

/** Sends a request whose body does not end until `finish`, which resolves with the answer. */
function holdOpen(endpoint: string): { finish(): Promise<string> } {
  const sent: ClientRequest = request(endpoint, { method: "POST" });
  sent.flushHeaders();
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  return {
    async finish() {
      sent.end();
      const [response] = await answered;
      return (await response.toArray()).join("");
    },
  };
}
