import { existsSync } from "node:fs";
import { join } from "node:path";
import { createClient, type Client } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { serve, type App } from "@appenv/client";
import { MetricsService, type MetricsPointMessage } from "@appenv/protocol";
import { openDatabase } from "@appenv-internal/state/sqlite";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { startPlatform, type Platform } from "../../src/index.ts";
import { openStore } from "../../src/state/store.ts";
import { appId, storedApp } from "../support/app.ts";
import { measured } from "./fixtures/measured-app.ts";

async function start(home: string): Promise<Platform> {
  const platform = await startPlatform({ home, port: 0 });
  onTestFinished(() => platform.close());
  return platform;
}

function metricsOf({ endpoint }: Platform): Client<typeof MetricsService> {
  return createClient(MetricsService, createConnectTransport({ baseUrl: endpoint, httpVersion: "1.1" }));
}

function totalOf(points: readonly MetricsPointMessage[] = []) {
  const sum = (read: (point: MetricsPointMessage) => number | undefined): number =>
    Math.round(points.reduce((total, point) => total + (read(point) ?? 0), 0));
  return {
    requests: sum(({ requests }) => requests),
    successful: sum(({ responses }) => responses?.successful),
    clientErrors: sum(({ responses }) => responses?.clientErrors),
    serverErrors: sum(({ responses }) => responses?.serverErrors),
  };
}

/** Requests by sixteen clients at once, of which every tenth is slow. */
async function load({ endpoint }: App): Promise<void> {
  const send = async (path: string): Promise<void> => void (await (await fetch(`${endpoint}${path}`)).text());
  const client = async (): Promise<void> => {
    for (let index = 0; index < 20; index += 1) await send(index % 10 === 0 ? "/slow" : "/");
  };
  await Promise.all(Array.from({ length: 16 }, client));
  await Promise.all(["/broken", "/broken", "/missing"].map(send));
}

test("the load of an app is measured, outlives a restart, and goes with the app", async () => {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = await start(home);
  const app = await serve(measured, { endpoint: platform.endpoint });
  const metrics = metricsOf(platform);
  const stop = new AbortController();
  const watch = metrics.watchMetrics({ app: app.id, byReplica: true }, { signal: stop.signal })[Symbol.asyncIterator]();
  const first = (await watch.next()).value;
  expect(Number(first?.step?.seconds)).toBe(10);
  await load(app);
  const expected = { requests: 323, successful: 320, clientErrors: 1, serverErrors: 2 };
  const seconds: MetricsPointMessage[] = [];
  const ofReplica: MetricsPointMessage[] = [];
  while (totalOf(seconds).serverErrors < 2) {
    const { value } = await watch.next();
    expect(Number(value?.step?.seconds)).toBe(1);
    seconds.push(...(value?.app?.points ?? []));
    ofReplica.push(...(value?.replicas[0]?.points ?? []));
  }
  stop.abort();
  expect([totalOf(seconds), totalOf(ofReplica)]).toEqual([expected, expected]);
  const read = await app.metrics({ from: new Date(Date.now() - 60_000), step: "1m", byReplica: true });
  expect(read).toMatchObject({ step: 60, points: [{ replicas: 1 }], replicas: [{ points: read.points }] });
  expect(read.points[0]!.requests * 60).toBeCloseTo(323, 6);
  expect(read.points[0]!.responses.serverErrors * 60).toBeCloseTo(2, 6);
  const { apps } = await metrics.listMetrics({ project: app.id.project, domain: app.id.domain });
  expect(apps).toMatchObject([{ app: app.id, point: { replicas: 1 } }]);
  const { point } = apps[0]!;
  expect(point!.requests * 60).toBeCloseTo(323, 6);
  expect(point!.memoryBytes).toBeGreaterThan(20 * 1_048_576);
  expect(point!.cpu).toBeGreaterThan(0);
  expect(point!.p50Ms).toBeLessThan(point!.p95Ms!);
  expect(point!.p95Ms).toBeGreaterThan(33);
  expect(point!.p99Ms).toBeGreaterThanOrEqual(point!.p95Ms!);

  await platform.close();
  const again = await start(home);
  const kept = await metricsOf(again).getMetrics({ app: app.id, step: { seconds: 1n }, byReplica: true });
  expect(totalOf(kept.app?.points)).toEqual(expected);
  expect(kept.replicas.map(({ points }) => totalOf(points))).toEqual([expected]);
  const byMinute = { app: app.id, from: { seconds: kept.from!.seconds - 86_400n }, step: { seconds: 1n } };
  const minutes = await metricsOf(again).getMetrics(byMinute);
  expect(Number(minutes.step?.seconds)).toBe(60);

  const unseen = metricsOf(again).watchMetrics({ app: app.id })[Symbol.asyncIterator]();
  await unseen.next();
  const { App } = await import("@appenv/client");
  await (await App.get("measured", { endpoint: again.endpoint })).delete();
  await expect(
    (async () => {
      while (!(await unseen.next()).done);
    })(),
  ).rejects.toMatchObject({ rawMessage: expect.stringContaining("deleted") });
  await expect(metricsOf(again).getMetrics({ app: app.id })).rejects.toMatchObject({ code: 5 });
  const database = openDatabase(join(home, "metrics.db"), { readOnly: true });
  expect(
    database.prepare("SELECT (SELECT count(*) FROM chunks) + (SELECT count(*) FROM series) AS rows").get(),
  ).toEqual({ rows: 0 });
  database.close();
});

/** Copies the one stored app in one transaction: many that wait for the disk take long. */
function copyApp(file: string, copies: number): void {
  const database = openDatabase(file);
  for (const table of ["apps", "app_revisions"]) {
    const columns = database
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map((row) => String(row["name"]));
    const values = columns.map((column) => (column === "name" ? "'idle-' || n" : column));
    database.exec(
      `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${copies})
       INSERT INTO ${table} (${columns.join()}) SELECT ${values.join()} FROM ${table}, numbers`,
    );
  }
  database.close();
}

test("apps without replicas write nothing", async () => {
  const home = join(tempDirectory(), ".appenv");
  await (await start(home)).close();
  const store = openStore(join(home, "state.db"));
  store.apps.save(storedApp({ id: appId("idle") }));
  store.close();
  copyApp(join(home, "state.db"), 99);
  const platform = await start(home);
  const metrics = metricsOf(platform);
  const { app } = await metrics.getMetrics({ app: appId("idle-50") });
  expect(app?.points).toEqual([]);
  expect((await metrics.listMetrics(appId())).apps).toEqual([]);
  expect(existsSync(join(home, "metrics.db"))).toBe(false);
});
