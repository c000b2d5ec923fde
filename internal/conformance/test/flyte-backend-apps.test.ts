import { create } from "@bufbuild/protobuf";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import {
  AppLogsService,
  AppSchema,
  AppService,
  DataProxyService,
  Spec_DesiredState,
  Status_DeploymentStatus,
  type AppMessage,
} from "@appenv/protocol";
import { SecretService } from "@appenv/protocol/secrets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFlyteBackend, type FlyteBackend } from "../src/flyte-backend/backend.ts";

const place = { project: "flytesnacks", domain: "development" };
const script = `
  const server = require("node:http").createServer((request, response) => response.end(JSON.stringify(process.env)));
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
  if (process.env.BROKEN) throw new Error("broken on purpose");
  server.listen(process.env.PORT, () => console.log("listening as " + process.env.K_REVISION));
`;

let backend: FlyteBackend;
let transport: Transport;
let apps: Client<typeof AppService>;

beforeAll(async () => {
  backend = await startFlyteBackend();
  transport = createConnectTransport({ baseUrl: backend.endpoint, httpVersion: "1.1" });
  apps = createClient(AppService, transport);
});
afterAll(() => backend.close());

test("a redeploy is served by the old revision, and said to be active, until Knative has seen it", async () => {
  const created = await apps.create({ app: app("rolling", { ROUND: "1" }) });
  const url = created.app?.status?.ingress?.publicUrl ?? "";
  expect(created.app?.status?.conditions).toEqual([]);
  const identifier = { case: "appId", value: { ...place, name: "rolling" } } as const;
  const early = await apps.get({ identifier });
  expect(await phases("rolling", "ACTIVE")).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
  expect(await apps.get({ identifier })).toEqual(early);
  expect(await envAt(url)).toMatchObject({ ROUND: "1", K_REVISION: "rolling-flytesnacks-development-00001" });
  backend.knative.hold();
  await apps.create({ app: app("rolling", { ROUND: "2" }) });
  expect(await phases("rolling", "ACTIVE")).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
  expect(await envAt(url)).toMatchObject({ ROUND: "1" });
  backend.knative.release();
  await expect.poll(async () => (await envAt(url))["ROUND"]).toBe("2");
  // A broken one leaves the old one in its place.
  await apps.create({ app: app("rolling", { ROUND: "3", BROKEN: "yes" }) });
  expect(await phases("rolling", "FAILED")).toEqual(["FAILED", "FAILED", "DEPLOYING"]);
  expect(await envAt(url)).toMatchObject({ ROUND: "2" });
});

test("an app has the backend's env vars and its secrets; one whose secret is missing does not start", async () => {
  const secret = { key: "token", envVar: "TOKEN", mountRequirement: 1 };
  const { app: sent } = await apps.create({ app: app("secretive", {}, [secret]) });
  expect(await phases("secretive", "FAILED")).toContain("FAILED");
  await createClient(SecretService, transport).createSecret({
    id: { ...place, name: "token" },
    secretSpec: { value: { case: "stringValue", value: "s3cr3t" } },
  });
  await apps.create({ app: app("secretive", { AGAIN: "1" }, [secret]) });
  await phases("secretive", "ACTIVE");
  expect(await envAt(sent?.status?.ingress?.publicUrl ?? "")).toMatchObject({
    TOKEN: "s3cr3t",
    FLYTE_INTERNAL_EXECUTION_PROJECT: "flytesnacks",
    _U_EP_OVERRIDE: backend.endpoint.replace("http://", ""),
    INTERNAL_APP_ENDPOINT_PATTERN: "http://{app_fqdn}-flytesnacks-development.flyte.svc.cluster.local",
  });
});

test("a stopped app answers 404 and has no log, and serves again with its definition", async () => {
  await apps.create({ app: app("stopping", {}) });
  await phases("stopping", "ACTIVE");
  const logs = createClient(AppLogsService, transport);
  const target = { case: "appId", value: { ...place, name: "stopping" } } as const;
  for await (const { resp } of logs.tailLogs({ target })) {
    if (resp.case !== "batches") continue;
    expect(resp.value.logs[0]?.structuredLines[0]?.message).toContain("listening as stopping-");
    break;
  }
  const { app: read } = await apps.get({ identifier: target });
  const url = read?.status?.ingress?.publicUrl ?? "";
  await apps.update({ app: desiring("stopping", Spec_DesiredState.STOPPED) });
  expect(await phases("stopping", "STOPPED")).toEqual(["STOPPED"]);
  expect((await fetch(url)).status).toBe(404);
  await expect(logs.tailLogs({ target })[Symbol.asyncIterator]().next()).rejects.toThrow(/no replicas found/);
  await apps.update({ app: desiring("stopping", Spec_DesiredState.ACTIVE) });
  await expect.poll(async () => (await fetch(url)).status).toBe(200);
});

test("a container that ends is started again in its pod, and serves again", async () => {
  await apps.create({ app: app("crashing", {}) });
  await phases("crashing", "ACTIVE");
  const service = backend.knative.services.get("crashing-flytesnacks-development");
  const [pod] = service?.pods ?? [];
  pod?.kill();
  await expect.poll(async () => (await fetch(service?.url ?? "")).status).toBe(503);
  await expect.poll(async () => (await fetch(service?.url ?? "")).status, { timeout: 5_000 }).toBe(200);
  expect([service?.pods[0]?.name, pod?.starts]).toEqual([pod?.name, 2]);
});

test("unknown projects, filters and paths are refused as connect-go does", async () => {
  const contentMd5 = new Uint8Array(16);
  const upload = createClient(DataProxyService, transport).createUploadLocation({
    ...place,
    project: "nope",
    contentMd5,
  });
  await expect(upload).rejects.toThrow(/not_found/);
  await expect(apps.list({ filterBy: { case: "org", value: "local" } })).rejects.toThrow(/unimplemented/);
  await expect(apps.updateStatus({ app: app("a", {}) })).rejects.toThrow(/unimplemented/);
  expect((await fetch(`${backend.endpoint}/appenv/token`)).status).toBe(404);
  expect(await (await fetch(`${backend.endpoint}/healthz`)).text()).toBe("OK");
});

function app(name: string, env: Record<string, string>, secrets: object[] = []): AppMessage {
  return create(AppSchema, {
    metadata: { id: { ...place, name } },
    spec: {
      appPayload: {
        case: "container",
        value: {
          image: "node:24",
          command: ["node", "-e", script],
          env: Object.entries(env).map(([key, value]) => ({ key, value })),
          ports: [{ containerPort: 8080 }],
        },
      },
      securityContext: { secrets },
    },
  });
}

function desiring(name: string, desiredState: Spec_DesiredState): AppMessage {
  const { spec, ...rest } = app(name, {});
  return { ...rest, ...(spec && { spec: { ...spec, desiredState } }) };
}

/** The phases of an app's conditions as soon as one of them is this one. */
async function phases(name: string, wanted: string): Promise<readonly string[]> {
  for await (const { event } of apps.watch({ target: { case: "appId", value: { ...place, name } } })) {
    const found = event.case === "updateEvent" ? event.value.updatedApp : event.value?.app;
    const all = found?.status?.conditions.map((each) => Status_DeploymentStatus[each.deploymentStatus]) ?? [];
    if (all.includes(wanted)) return all;
  }
  return [];
}

async function envAt(url: string): Promise<Record<string, string>> {
  return (await (await fetch(url)).json()) as Record<string, string>;
}
