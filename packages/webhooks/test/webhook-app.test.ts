import { commandLine, serveForTest } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { WebhookAppEnvironment, type WebhookAppEnvironmentOptions } from "../src/index.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const fixture = new URL("fixtures/shop.ts", import.meta.url);
const place = "development/flytesnacks";

async function serve(options: Partial<WebhookAppEnvironmentOptions> = {}) {
  const env = new WebhookAppEnvironment({ name: "operations", requiresAuth: false, ...options });
  const { fetch } = await serveForTest(env);
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const sent = { method, headers: { "content-type": "application/json", ...headers }, ...content };
    const response = await fetch(path, sent);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
}

test("the endpoints do on a platform what Flyte's do, and keep to their lists", async () => {
  const cli = commandLine();
  await cli.up();
  expect((await cli.run("deploy", fixture, "env")).code).toBe(0);
  vi.stubEnv("APPENV_HOME", cli.home);
  const send = await serve();

  expect(await send("GET", "/me")).toMatchObject({
    status: 200,
    body: { subject: expect.any(String), name: expect.any(String) },
  });
  expect((await send("GET", `/task/${place}/shop.order`)).body).toEqual({
    name: "shop.order",
    version: expect.stringMatching(/^[0-9a-f]{16}$/),
    task_type: expect.any(String),
    required_args: ["day", "item"],
    default_input_args: ["count"],
    cache: { behavior: "disable", version_override: null, serialize: false },
    secrets: [],
  });

  // Runs.
  const inputs = { item: "lamp", day: "2026-01-02T03:04:05.000Z" };
  const key = { "idempotency-key": "order 1" };
  const started = await send("POST", `/run-task/${place}/shop.order`, inputs, key);
  expect(started).toMatchObject({
    status: 200,
    body: { name: expect.any(String), url: expect.stringContaining("/runs/") },
  });
  expect((await send("POST", `/run-task/${place}/shop.order`, inputs, key)).body).toEqual(started.body);
  expect((await send("POST", `/run-task/${place}/shop.order`, { ...inputs, count: 2 }, key)).status).toBe(409);
  const name = String(started.body["name"]);
  await expect
    .poll(() => send("GET", `/run/${name}`))
    .toMatchObject({ body: { name, phase: "succeeded", done: true } });
  expect((await send("GET", `/run/${name}/io`)).body).toEqual({
    name,
    inputs: { ...inputs, count: 1 },
    outputs: { o0: { ...inputs, count: 1 } },
  });
  expect((await send("POST", `/run/${name}/abort?reason=enough`)).body).toEqual({
    name,
    status: "abort_requested",
    reason: "enough",
  });
  expect(await send("POST", `/run-task/${place}/shop.order`, { item: 1, day: inputs.day })).toMatchObject({
    status: 400,
    body: { code: "INVALID_INPUT", issues: [{ path: "item" }] },
  });
  expect(await send("POST", `/run-task/${place}/shop.order`, { ...inputs, colour: "red" })).toMatchObject({
    status: 400,
    body: { issues: [{ path: "colour" }] },
  });
  const polluted = await send("POST", `/run-task/${place}/shop.order`, JSON.parse('{"__proto__":{"count":9}}'));
  expect(polluted).toMatchObject({ status: 400, body: { code: "INVALID_JSON" } });
  expect((await send("POST", `/run-task/${place}/nothing.there`, {})).status).toBe(404);
  expect((await send("GET", "/run/nothing")).status).toBe(404);
  expect((await send("GET", "/run/..%2f..%2fme")).status).toBe(404);

  // Triggers.
  const trigger = { task_name: "shop.order", trigger_name: "yearly" };
  expect((await send("POST", "/trigger/shop.order/yearly/activate")).body).toEqual({ ...trigger, active: true });
  expect(await cli.json("get", "trigger", "shop.order")).toMatchObject([{ name: "yearly", active: true }]);
  expect((await send("POST", "/trigger/shop.order/yearly/deactivate")).body).toEqual({ ...trigger, active: false });

  // Apps.
  expect(await send("GET", "/app/operations")).toMatchObject({ status: 400, body: { code: "SELF" } });
  const app = await send("POST", "/app/target/activate?wait=true");
  expect(app.body).toEqual({ name: "target", is_active: true, endpoint: expect.any(String), url: expect.any(String) });
  expect((await send("GET", "/app/target")).body).toMatchObject({ is_active: true, is_deactivated: false });
  const called = (path: string, method = "GET", body?: unknown) =>
    send("POST", `/app/target/call?method=${method}&path=${encodeURIComponent(path)}`, body, { "x-api-key": "mine" });
  expect((await called("greeting?a=1", "GET", { query_params: { b: "x&y=z\r\nHost: evil", c: [1, 2] } })).body).toEqual(
    {
      method: "GET",
      url: "/greeting?a=1&b=x%26y%3Dz%0D%0AHost%3A+evil&c=1&c=2",
      key: "mine",
      body: null,
    },
  );
  expect((await called("/order", "POST", { payload: { item: 1 } })).body).toMatchObject({
    url: "/order",
    body: { item: 1 },
  });
  expect((await called("/text")).body).toEqual({ response: "just text" });
  expect(await called("/fails", "POST", { payload: {} })).toMatchObject({
    status: 409,
    body: { code: "TARGET_FAILED" },
  });
  expect(await called("/away")).toMatchObject({ status: 502, body: { code: "TARGET_FAILED" } });
  expect(await called("/", "TRACE")).toMatchObject({ status: 400 });
  expect(await called("http://127.0.0.1:1/")).toMatchObject({ status: 400, body: { code: "INVALID_PATH" } });
  expect((await send("POST", "/app/target/deactivate?wait=true")).body).toMatchObject({ is_deactivated: true });
  expect((await send("POST", "/app/target/activate")).status).toBe(200);
  await expect.poll(() => send("GET", "/app/target")).toMatchObject({ body: { is_active: true } });

  // Lists.
  const narrow = await serve({
    taskAllowlist: ["flytesnacks/shop.stock"],
    appAllowlist: ["other"],
    triggerAllowlist: ["shop.order/yearly"],
  });
  for (const [method, path] of [
    ["POST", `/run-task/${place}/shop.order`],
    ["GET", `/task/${place}/shop.order`],
    ["GET", "/app/target"],
    ["POST", "/app/target/call?path=/"],
    ["POST", "/trigger/shop.order/daily/activate"],
    ["POST", "/trigger/shop.order/yearly/activate"],
  ] as const) {
    expect([path, await narrow(method, path)]).toMatchObject([path, { status: 403, body: { code: "NOT_ALLOWED" } }]);
  }
  const missing = await narrow("GET", "/run/nothing");
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/io"],
    ["POST", "/abort"],
  ] as const) {
    const hidden = await narrow(method, `/run/${name}${path}`);
    expect(hidden.status).toBe(404);
    expect(JSON.stringify(hidden.body).replace(name, "nothing")).toBe(JSON.stringify(missing.body));
  }
  expect((await narrow("POST", `/run-task/${place}/shop.stock`)).status).toBe(200);
});

test("groups and single endpoints choose what there is", async () => {
  const send = await serve({ endpointGroups: ["core"] });
  expect(await send("GET", "/health")).toMatchObject({ status: 200, body: { status: "healthy" } });
  expect((await send("GET", "/run/x")).status).toBe(404);
  const { body } = await (await serve())("GET", "/openapi.json");
  const ids = Object.values(body["paths"] as Record<string, Record<string, { operationId?: string }>>)
    .flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
    .filter((id) => id !== undefined);
  expect(ids.toSorted()).toEqual(
    expect.arrayContaining(["abort_run", "call_app", "deactivate_trigger", "get_run_io", "me", "run_task"]),
  );
  const one = new WebhookAppEnvironment({ name: "x", endpoints: ["get_run"] });
  expect([...one.endpoints]).toEqual(["get_run"]);
  expect(one.requiresAuth).toBe(true);
  expect(one.type).toBe("FlyteWebhookApp");
  const both = { name: "x", endpoints: ["get_run"], endpointGroups: ["run"] } as const;
  expect(() => new WebhookAppEnvironment(both)).toThrow("endpointGroups");
  expect(() => new WebhookAppEnvironment({ name: "x", endpoints: ["build_image" as never] })).toThrow("build_image");
});

test("without a key, and above the rate limit, nothing is done", async () => {
  const env = new WebhookAppEnvironment({ name: "operations", rateLimit: { requests: 1, per: "1h" } });
  const { fetch } = await serveForTest(env, ["key"]);
  expect((await fetch("/nothing")).status).toBe(401);
  const headers = { authorization: "Bearer key" };
  expect((await fetch("/nothing", { headers })).status).toBe(404);
  const limited = await fetch("/nothing", { headers });
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3600"]);
});
