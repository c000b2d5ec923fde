import { get, type ClientRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AppDefinition } from "@appenv/protocol";
import type { AppReport, ReasonKind } from "../../src/apps/report/app-report.ts";
import { revisionChanges } from "../../src/api/revision/changes.ts";
import { definition } from "../support/app.ts";
import { id, server, startApps, type AppsFixture } from "../support/apps.ts";

let apps: AppsFixture;

beforeAll(async () => void (apps = await startApps({ startMs: 20_000 })));
afterAll(() => apps[Symbol.asyncDispose]());

async function deploy(source: string, changes: Partial<AppDefinition> = {}): Promise<string> {
  const { revision } = await apps.controller.apply(id, apps.define(source, changes));
  return (await apps.until(id, (app) => app.phase === "ACTIVE" && app.revision === revision)).endpoint;
}

/** The report, once it has a reason of a kind. */
function reportWith(kind: ReasonKind): Promise<AppReport> {
  return expect
    .poll(async () => {
      const report = await apps.controller.report(id);
      return report.reasons.some((each) => each.kind === kind) ? report : undefined;
    })
    .toBeTruthy()
    .then(() => apps.controller.report(id));
}

function reason({ reasons }: AppReport, kind: ReasonKind): { message: string; until?: Date } | undefined {
  return reasons.find((each) => each.kind === kind);
}

test("a replica is shown with its age and load, and with its exit once it has crashed; then the next start is put off", async () => {
  const endpoint = await deploy(
    server(`(request, response) => {
      if (request.url === "/crash") { console.error("out of fruit"); process.exit(3); }
      response.end("open");
    }`),
    { replicas: { min: 1, max: 1 } },
  );
  await (await fetch(endpoint)).text();
  const [replica] = (await apps.controller.report(id)).replicas;
  expect(replica).toMatchObject({ state: "ready", revision: 1, name: expect.stringMatching(/^app-00001-/) });
  expect(replica!.readyAt!.getTime()).toBeGreaterThanOrEqual(replica!.startedAt.getTime());
  await fetch(`${endpoint}/crash`).catch(() => {});
  await expect.poll(async () => (await apps.controller.report(id)).restarts).toBe(1);
  const { ended, reasons } = await apps.controller.report(id);
  expect(ended).toMatchObject([{ name: replica!.name, code: "CRASH_LOOP", exitCode: 3 }]);
  expect(ended[0]!.message).toContain("out of fruit");
  expect(reasons[0]).toMatchObject({ kind: "failed", message: expect.stringContaining("exited with code 3") });
  // The first crash is made up for at once; the ones after it are not.
  for (let restarts = 2; restarts <= 4; restarts += 1) {
    await apps.until(id, ({ readyReplicas }) => readyReplicas === 1);
    await fetch(`${endpoint}/crash`).catch(() => {});
    await expect.poll(async () => (await apps.controller.report(id)).restarts).toBe(restarts);
  }
  const backoff = reason(await reportWith("backoff"), "backoff");
  expect(backoff?.message).toMatch(/^It ended by itself [2-4] times in a row/);
  expect(backoff?.until?.getTime()).toBeGreaterThan(Date.now() - 1_000);
});

test("an app at its maximum, one that is idle and one that is started for waiting connections say so", async () => {
  const endpoint = await deploy(server(`(request, response) => request.url === "/wait" || response.end("open")`), {
    metric: { concurrency: 1 },
    scaledownAfterMs: 60_000,
  });
  await (await fetch(endpoint)).text();
  const idle = reason(await reportWith("idle"), "idle");
  expect(idle?.until?.getTime()).toBeGreaterThan(Date.now() + 30_000);
  const open: readonly ClientRequest[] = Array.from({ length: 4 }, () => get(`${endpoint}/wait`).on("error", () => {}));
  expect(reason(await reportWith("max-replicas"), "max-replicas")?.message).toMatch(/asks for \d+ replicas, and 1 is/);
  for (const request of open) request.destroy();

  const slow = `await new Promise((resolve) => setTimeout(resolve, 1e8));`;
  await apps.controller.apply(id, apps.define(slow));
  const report = await reportWith("rollout");
  expect(report.replicas.map(({ state }) => state).toSorted()).toContain("starting");
  expect(reason(report, "starting")?.until?.getTime()).toBeGreaterThan(Date.now());
  await apps.controller.stop(id);
  expect((await apps.controller.report(id)).reasons).toEqual([]);
});

test("a check that fails is named, and ends of replicas that were not needed any more are no restarts", async () => {
  const { restarts } = await apps.controller.report(id);
  const failing = `health: { checks: { fruit: () => { if (globalThis.sold) throw new Error("no pears"); } } },`;
  const sell = server(`(request, response) => { globalThis.sold = true; response.end(); }`, failing);
  const endpoint = await deploy(sell, { replicas: { min: 1, max: 1 } });
  await fetch(endpoint);
  expect(reason(await reportWith("check"), "check")?.message).toBe("The check 'fruit' fails: no pears.");
  await apps.controller.stop(id);
  await expect.poll(async () => (await apps.controller.report(id)).replicas).toEqual([]);
  const after = await apps.controller.report(id);
  expect(after.ended[0]).toMatchObject({ code: "", message: "The app was stopped." });
  expect(after.restarts).toBe(restarts);
});

test("revisions tell what changed: fields, names of env vars and the code; values of env vars never", async () => {
  const before = definition({ envVars: { LEVEL: "info", OLD: "1" } });
  const launch = { ...before.launch, image: "server:2" } as AppDefinition["launch"];
  const after = definition({ launch, envVars: { LEVEL: "debug", NEW: "2" }, replicas: { min: 1, max: 2 } });
  const [changes, oldest] = await revisionChanges([after, before]);
  expect(oldest).toEqual([]);
  expect(changes).toEqual([
    { path: "envVars.LEVEL", before: "(hidden)", after: "(hidden)" },
    { path: "envVars.NEW", after: "(hidden)" },
    { path: "envVars.OLD", before: "(hidden)" },
    { path: "image", before: '"server:1"', after: '"server:2"' },
    { path: "replicas.min", before: "0", after: "1" },
  ]);
});
