import { commandLine, receiveSpans, serveExample, spanTree, type ReceivedSpan } from "@appenv-internal/conformance";
import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { run as runTask } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 240_000 });

async function collector(): Promise<readonly ReceivedSpan[]> {
  const { endpoint, spans } = await receiveSpans();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
  onTestFinished(() => void vi.unstubAllEnvs());
  return spans;
}

test("one trace leads from the caller through the app, the run, its child and the app that this calls", async () => {
  const spans = await collector();
  const { endpoint } = await serveExample(new URL("app.ts", import.meta.url), "shop");
  const [trace, caller] = ["a".repeat(32), "b".repeat(16)];
  const headers = { traceparent: `00-${trace}-${caller}-01` };
  const response = await fetch(`${endpoint}/orders/lamp`, { method: "POST", headers });
  expect(response.status).toBe(202);
  const { run } = (await response.json()) as { readonly run: string };
  await expect
    .poll(() => spanTree(spans, trace, caller))
    .toEqual([
      "shop: POST /orders/:item",
      "  shop: run orders.pack",
      "    orders: queue orders.pack",
      "      orders: cold start",
      "    orders: attempt orders.pack",
      "      orders: weigh",
      "      orders: action orders.price_of",
      "        orders: queue orders.price_of",
      "        orders: attempt orders.price_of",
      "          orders: GET",
      "            prices: GET /price/:item",
    ]);
  const named = (name: string): ReceivedSpan | undefined => spans.find((span) => span.name === name);
  expect(named("POST /orders/:item")).toMatchObject({
    kind: 2,
    failed: false,
    attributes: {
      "http.request.method": "POST",
      "http.route": "/orders/:item",
      "url.path": "/orders/lamp",
      "http.response.status_code": 202,
    },
  });
  expect(named("run orders.pack")).toMatchObject({ kind: 4, attributes: { "appenv.run": run } });
  expect(named("attempt orders.pack")).toMatchObject({
    kind: 5,
    attributes: { "appenv.run": run, "appenv.action": "a0", "appenv.attempt": 1, "appenv.phase": "SUCCEEDED" },
  });
});

test("a request that finds no replica tells how long the app took to start", async () => {
  const spans = await collector();
  const cli = commandLine();
  const platform = await cli.up();
  const file = new URL("fixtures/asleep.ts", import.meta.url);
  await cli.json("deploy", file, "env");
  // Nothing is sent to it before the kill: a connection to the old replica would outlive that for a moment.
  await expect.poll(() => cli.json("get", "app", "asleep")).toMatchObject({ replicas: 1 });
  await platform.kill();
  // It comes back at zero replicas; somebody else may have taken its port meanwhile.
  await cli.up();
  const { endpoint } = await cli.json<{ readonly endpoint: string }>("get", "app", "asleep");
  const trace = "c".repeat(32);
  const headers = { traceparent: `00-${trace}-${"d".repeat(16)}-01` };
  const sentAt = Date.now();
  expect((await fetch(`${endpoint}/hello`, { headers })).status).toBe(200);
  const answeredAt = Date.now();
  expect((await fetch(`${endpoint}/hello`, { headers })).status).toBe(200);
  await expect
    .poll(() => spanTree(spans, trace, "d".repeat(16)))
    .toEqual(["asleep: GET /hello", "  asleep: cold start", "asleep: GET /hello"]);
  const start = spans.find(({ name, traceId }) => name === "cold start" && traceId === trace);
  const request = spans.find(({ spanId }) => spanId === start?.parentSpanId);
  expect(start).toMatchObject({ kind: 1, startedAt: request?.startedAt, attributes: { "appenv.app": "asleep" } });
  expect(start?.startedAt).toBeGreaterThanOrEqual(sentAt);
  // The request's own span ends with its answer, of which the client may know sooner.
  expect(start?.endedAt).toBeLessThanOrEqual(Math.min(answeredAt, request?.endedAt ?? 0));
});

test("JSON lines of apps and tasks have the ids of their span, and plain ones stay as they are", async () => {
  const spans = await collector();
  const cli = commandLine();
  await cli.up();
  const file = new URL("fixtures/speaking.ts", import.meta.url);
  const [app] = await cli.json<readonly { readonly endpoint: string }[]>("deploy", file, "app");
  expect((await fetch(`${app?.endpoint}/hello`)).status).toBe(200);
  const { name } = await cli.json<{ readonly name: string }>("run", file, "speak", "--item", "x");
  const linesOf = async (...what: readonly string[]) => (await cli.run("logs", ...what)).stdout;
  const idsOf = (span: string) => {
    const { traceId: trace_id, spanId: span_id } = spans.find((each) => each.name === span) ?? {};
    return JSON.stringify({ trace_id, span_id }).slice(1);
  };
  await expect.poll(() => spans.map((span) => span.name)).toContain("GET /hello");
  await expect.poll(() => spans.map((span) => span.name)).toContain("attempt speaking-tasks.speak");
  const ofApp = await linesOf("app", "speaking");
  expect(ofApp).toContain("a plain line\n");
  expect(ofApp).toContain(`{"msg":"from the app",${idsOf("GET /hello")}`);
  const ofTask = await linesOf("run", name);
  expect(ofTask).toContain("a plain line\n");
  const ids = idsOf("attempt speaking-tasks.speak");
  expect(ofTask).toContain(`{"msg":"from the task","item":"x",${ids}`);
  expect(ofTask).toContain(`{"msg":"from its console",${ids}`);
});

test.each(["with", "without"])(
  "a run that is started %s an SDK stays one trace when the platform is killed in the middle of it",
  async (starter) => {
    const spans = await collector();
    const cli = commandLine();
    const platform = await cli.up();
    const file = new URL("fixtures/interrupted.ts", import.meta.url);
    const first = await cli.json<{ readonly name: string }>("run", file, "main", "--item", "x", "--detach");
    // A rerun loads no code of the user, so nobody has registered an SDK there.
    const { name } =
      starter === "with" ? first : await cli.json<{ readonly name: string }>("rerun", first.name, "--detach");
    const ofRun = (): readonly ReceivedSpan[] => spans.filter(({ attributes }) => attributes["appenv.run"] === name);
    await expect.poll(() => ofRun().map((span) => span.name)).toContain("action interrupted.before");

    await platform.kill();
    await cli.up();
    await cli.json("signal", name, "go-on", "true");

    const attempts = (): readonly unknown[] =>
      ofRun()
        .filter((span) => span.name === "attempt interrupted.main")
        .map(({ attributes }) => [attributes["appenv.attempt"], attributes["appenv.phase"]]);
    await expect.poll(attempts).toContainEqual([2, "SUCCEEDED"]);
    await expect.poll(() => ofRun().map((span) => span.name)).toContain("attempt interrupted.after");

    expect(new Set(ofRun().map(({ traceId }) => traceId)).size).toBe(1);
    const start = ofRun().find((span) => span.name === "run interrupted.main");
    const lines = spanTree(spans, start?.traceId ?? "", start?.spanId);
    // The step before the kill is recorded: it is not computed, and not traced, again.
    expect(lines.filter((line) => line.includes("measure"))).toHaveLength(
      lines.includes("  interrupted: measure") ? 1 : 0,
    );
    expect(lines).toContain("    interrupted: attempt interrupted.after");
  },
);

test("on a Flyte cluster a run, its attempts and those of its child are one trace with the program that starts it", async () => {
  const spans = await collector();
  const backend = await startFlyteBackend();
  onTestFinished(() => backend.close());
  // The exporter reads where to send to when it is made. This registers an SDK in the test itself, for good.
  const { parent } = await import("./fixtures/on-cluster.ts");
  const started = await runTask(parent, { item: "lamp" }, { endpoint: backend.endpoint });
  expect(await started.outputs()).toBe(4);
  const ofRun = () => spans.filter(({ attributes }) => attributes["appenv.run"] === started.name);
  await expect.poll(() => ofRun().map(({ name }) => name)).toContain("run on-cluster.parent");
  const traceId = ofRun().find(({ name }) => name === "run on-cluster.parent")?.traceId ?? "";
  expect(spanTree(spans, traceId)).toEqual([
    "shop-client: run on-cluster.parent",
    "  on-cluster: attempt on-cluster.parent",
    "    on-cluster: action on-cluster.child",
    "      on-cluster: attempt on-cluster.child",
    "      on-cluster: attempt on-cluster.child",
    "        on-cluster: measure",
  ]);
  const attempts = ofRun().filter(({ name }) => name === "attempt on-cluster.child");
  expect(attempts.map(({ attributes, failed }) => [attributes["appenv.attempt"], failed])).toEqual([
    [1, true],
    [2, false],
  ]);
});
