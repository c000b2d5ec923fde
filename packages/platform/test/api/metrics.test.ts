import { createClient } from "@connectrpc/connect";
import { MetricsService } from "@appenv/protocol";
import { latencyBuckets, type ReplicaLoad } from "@appenv/runtime/ipc";
import { expect, test } from "vitest";
import { appId } from "../support/app.ts";
import { appInit, startApi } from "../support/api.ts";

const load: ReplicaLoad = {
  inFlight: 1,
  connections: 3,
  sockets: 2,
  busyMs: 500,
  requests: 100,
  failures: 4,
  responses: [1, 1, 80, 10, 4, 4],
  latency: Array.from({ length: latencyBuckets }, (_, bucket) => (bucket === 12 ? 99 : 0)),
  answeredMs: 0,
  cpuMs: 250,
  rss: 64 * 1_048_576,
};

test("metrics are answered in rates, by replica if asked for, and bad questions with the reason", async () => {
  const api = await startApi();
  const metrics = createClient(MetricsService, api.transport);
  const id = appId("hello");
  await api.apps.create({ app: appInit(id) });
  const watch = metrics.watchMetrics({ app: id })[Symbol.asyncIterator]();
  expect((await watch.next()).value?.app?.points).toEqual([]);
  api.metrics.follow(id, { name: "hello-00001-abcdef", load, exited: undefined });
  // A second without replicas may come first.
  const seconds = async (): Promise<unknown> => {
    const { value } = await watch.next();
    return value?.app?.points[0]?.replicas === 1 ? value : seconds();
  };
  const point = {
    requests: 100,
    responses: { successful: 81, redirects: 10, clientErrors: 4, serverErrors: 4, unanswered: 1 },
    inFlight: 0.5,
    sockets: 2,
    connections: 3,
    replicas: 1,
    cpu: 0.25,
    memoryBytes: 64 * 1_048_576,
  };
  expect(await seconds()).toMatchObject({ step: { seconds: 1n }, app: { points: [point] }, replicas: [] });
  await watch.return?.();
  expect(await metrics.getMetrics({ app: id })).toMatchObject({ step: { seconds: 10n }, replicas: [] });
  const { app, replicas } = await metrics.getMetrics({ app: id, step: { seconds: 1n }, byReplica: true });
  expect(replicas).toMatchObject([{ replica: "hello-00001-abcdef", points: app!.points }]);
  const { points } = app!;
  expect(points[0]).toMatchObject(point);
  expect(points[0]!.p50Ms).toBeGreaterThan(0.84);
  expect(points[0]!.p99Ms).toBeLessThan(1);

  const [all, others] = [await metrics.listMetrics({}), await metrics.listMetrics({ project: "other" })];
  expect([all.apps.map(({ app: named }) => named?.name), others.apps]).toEqual([["hello"], []]);

  const refused = async (asked: Parameters<typeof metrics.getMetrics>[0]): Promise<string> =>
    metrics.getMetrics(asked).then(
      () => "answered",
      (error: { rawMessage: string; metadata: Headers }) =>
        `${error.metadata.get("appenv-error-code")} ${error.rawMessage}`,
    );
  const now = BigInt(Math.floor(Date.now() / 1_000));
  expect(await refused({})).toMatch(/^INVALID_OPTION .*names no app/);
  expect(await refused({ app: appId("other") })).toMatch(/^NOT_FOUND .*'other'/);
  expect(await refused({ app: id, step: { nanos: 500_000_000 } })).toMatch(/^INVALID_OPTION .*step.*0\.5s/);
  expect(await refused({ app: id, from: { seconds: now }, to: { seconds: now - 5n } })).toMatch(
    /^INVALID_OPTION .*from/,
  );
  const longAgo = { seconds: now - 8n * 86_400n };
  expect(await refused({ app: id, from: longAgo, step: { seconds: 60n } })).toMatch(/^INVALID_OPTION .*10080/);
});
