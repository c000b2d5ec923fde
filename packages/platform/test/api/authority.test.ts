import { execFile } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { App } from "@appenv/client";
import { connect } from "@appenv/client/internal";
import * as apps from "@appenv/protocol";
import * as secrets from "@appenv/protocol/secrets";
import * as tasks from "@appenv/protocol/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startPlatform } from "../../src/index.ts";
import { createAppTokens } from "../../src/api/access/app-tokens.ts";
import { mayFollow, mayRun } from "../../src/api/access/authority.ts";
import { appsMay, effects } from "../../src/api/access/authority-table.ts";
import { ownerToken } from "../../src/api/access/owner-token.ts";
import { socketPlace } from "../../src/api/access/own-socket.ts";
import { placesOf } from "../../src/api/access/places-of.ts";
import { appId, definition } from "../support/app.ts";
import { services } from "../support/methods.ts";
import { appInit, bearer, send, startApi, type ApiFixture } from "../support/api.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const run = promisify(execFile);
const json = { "content-type": "application/json" };
const self = { subject: "app:hello", project: "flytesnacks", domain: "development" };

function as(api: Pick<ApiFixture, "endpoint">, token: string): Transport {
  return createConnectTransport({ baseUrl: api.endpoint, httpVersion: "1.1", interceptors: [bearer(token)] });
}

const inProject = (project: string) =>
  ({ case: "projectId", value: { name: project, domain: "development" } }) as const;
const taskId = (project: string) =>
  ({ case: "taskId", value: { project, domain: "development", name: "a.b", version: "1" } }) as const;

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "ok",
    (error: { code?: number; metadata?: Headers }) => error.metadata?.get("appenv-error-code") ?? String(error.code),
  );
}

/** Its message holds that of another method, and is refused without a place in there. */
const holdsAnother = "appenv.v1.RerunService/RerunFrom";

describe("the token of an app", () => {
  test("is refused by every method that is not in the table, and by the others without a place", async () => {
    const api = await startApi();
    const headers = { ...json, authorization: `Bearer ${api.appTokens.issue(self)}` };
    const unary = services.filter(({ methodKind }) => methodKind === "unary");
    expect(unary.length).toBeGreaterThan(50);
    for (const { path, typeName, name } of unary) {
      const { status, body } = await send(`${api.endpoint}/${path}`, { method: "POST", headers, body: "{}" });
      const need = appsMay[typeName]?.[name];
      // A method that is not served is unknown to everybody.
      const refused =
        status === 403 ? body.includes("PERMISSION") || body.includes("permission_denied") : status === 501;
      const isOpen = need === "open" || (need === "any" && path !== holdsAnother);
      expect([path, refused]).toEqual([path, !isOpen || status === 501]);
    }
    expect(api.controller.keyHashes).toEqual([]);
    // The table names nothing that is not there.
    const known = new Set(services.map(({ path }) => path));
    const named = Object.entries(appsMay).flatMap(([service, methods]) =>
      Object.keys(methods).map((name) => `${service}/${name}`),
    );
    expect(named.filter((path) => !known.has(path))).toEqual([]);
  });

  test("reads, starts and stops the apps beside its own, and changes none", async () => {
    const api = await startApi();
    await api.apps.create({ app: appInit(appId("other"), { envVars: { A: "1" } }) });
    await api.apps.create({ app: appInit(appId("foreign", "elsewhere")) });
    const own = createClient(apps.AppService, as(api, api.appTokens.issue(self)));
    const get = (id: ReturnType<typeof appId>) =>
      own.get({ identifier: { case: "appId", value: apps.toIdentifier(id) } });
    const { app } = await get(appId("other"));
    expect(await codeOf(get(appId("foreign", "elsewhere")))).toBe("PERMISSION_DENIED");
    const listed = (name: string) =>
      own.list({ filterBy: { case: "project", value: { name, domain: "development" } } });
    expect((await listed("flytesnacks")).apps).toHaveLength(1);
    expect(await codeOf(listed("elsewhere"))).toBe("PERMISSION_DENIED");
    expect(await codeOf(own.list({}))).toBe("PERMISSION_DENIED");
    for (const desiredState of [apps.Spec_DesiredState.STOPPED, apps.Spec_DesiredState.ACTIVE]) {
      expect(await codeOf(own.update({ app: { ...app!, spec: { ...app!.spec!, desiredState } } }))).toBe("ok");
    }
    const changed = { ...app!, spec: apps.toSpec(definition({ envVars: { A: "2" } }), "other") };
    expect(await codeOf(own.update({ app: changed }))).toBe("PERMISSION_DENIED");
    expect(await codeOf(own.create({ app: appInit(appId("hello")) }))).toBe("PERMISSION_DENIED");
    expect(await codeOf(own.delete({ appId: apps.toIdentifier(appId("other")) }))).toBe("PERMISSION_DENIED");
    const logs = createClient(apps.AppLogsService, as(api, api.appTokens.issue(self)));
    const tail = async (name: string) => {
      for await (const _ of logs.tailLogs({ target: { case: "appId", value: apps.toIdentifier(appId(name)) } })) return;
    };
    expect(await codeOf(tail("other"))).toBe("PERMISSION_DENIED");
  });

  test("makes no keys, reads no secrets, and opens no pages", async () => {
    const api = await startApi();
    const transport = as(api, api.appTokens.issue({ ...self, subject: "task-environment:jobs" }));
    expect(await codeOf(createClient(apps.ApiKeyService, transport).createApiKey({ name: "x" }))).toBe(
      "PERMISSION_DENIED",
    );
    expect(await codeOf(createClient(secrets.SecretService, transport).listSecrets({}))).toBe("PERMISSION_DENIED");
    const headers = { authorization: `Bearer ${api.appTokens.issue(self)}` };
    expect((await send(`${api.endpoint}/`, { headers })).status).toBe(403);
    expect((await send(`${api.endpoint}/`)).status).toBe(200);
  });

  test("runs deployed tasks of its own place, also over a stream, and none that comes along", async () => {
    const api = await startApi();
    const transport = as(api, api.appTokens.issue(self));
    const runs = createClient(tasks.RunService, transport);
    expect(await codeOf(runs.createRun({ id: inProject("flytesnacks"), task: taskId("flytesnacks") }))).not.toBe(
      "PERMISSION_DENIED",
    );
    expect(await codeOf(runs.createRun({ id: inProject("flytesnacks"), task: taskId("elsewhere") }))).toBe(
      "PERMISSION_DENIED",
    );
    const brought = { case: "taskSpec", value: {} } as const;
    expect(await codeOf(runs.createRun({ id: inProject("flytesnacks"), task: brought }))).toBe("PERMISSION_DENIED");
    const inputs = { uri: "appenv://runs/elsewhere/development/r/a0/inputs" };
    const taken = { case: "offloadedInputData", value: inputs } as const;
    const task = taskId("flytesnacks");
    expect(await codeOf(runs.createRun({ id: inProject("flytesnacks"), task, inputWrapper: taken }))).toBe(
      "PERMISSION_DENIED",
    );
    const watch = async () => {
      const runId = { project: "elsewhere", domain: "development", name: "r" };
      for await (const _ of runs.watchRunDetails({ runId })) return;
    };
    expect(await codeOf(watch())).toBe("PERMISSION_DENIED");
  });

  test("is of one platform, and cannot be changed", () => {
    const [one, two] = [createAppTokens(), createAppTokens()];
    const token = one.issue(self);
    expect(one.issue(self)).toBe(token);
    expect(one.read(token)).toEqual({ kind: "app", ...self });
    expect(two.read(token)).toBeUndefined();
    const [, mac = ""] = token.split(".");
    const forged = `apt_${Buffer.from('["app:root","p","d"]').toString("base64url")}.${mac}`;
    for (const wrong of [forged, token.slice(0, -1), `${token}x`, "", "apt_.", token.replace("apt_", "")]) {
      expect(one.read(wrong)).toBeUndefined();
    }
  });

  test("gets tokens for the apps of its own place, as the app", async () => {
    const home = join(tempDirectory(), ".appenv");
    const platform = await startPlatform({ home, port: 0 });
    onTestFinished(() => platform.close());
    // As no app of this platform has it: the owner's, by the connection.
    const body = JSON.stringify({ project: "p", domain: "d", app: "a" });
    const given = await send(`${platform.endpoint}/appenv/token`, { method: "POST", body });
    const [, claims = ""] = (JSON.parse(given.body) as { token: string }).token.split(".");
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ sub: "user:local" });
  });
});

describe("the key of a viewer", () => {
  test("reads with every method that only reads, and is refused by every other one", async () => {
    const api = await startApi();
    const { key } = await api.keys.createApiKey({ name: "dashboard", role: "viewer" });
    expect(api.controller.keyHashes).toEqual([]);
    const headers = { authorization: `Bearer ${key}` };
    for (const { path, typeName, name, methodKind } of services) {
      // A method that stands in no table would be refused: nobody has thought about it.
      const effect = effects[typeName]?.[name];
      expect([path, effect]).toEqual([path, expect.stringMatching(/^(read|guarded|change)$/)]);
      if (methodKind !== "unary") continue;
      const { status, body } = await send(`${api.endpoint}/${path}`, {
        method: "POST",
        headers: { ...headers, ...json },
        body: "{}",
      });
      const refused = status === 403 && body.includes("a viewer reads");
      expect([path, refused]).toEqual([path, effect !== "read" && status !== 501]);
    }
    const known = new Set(services.map(({ path }) => path));
    const named = Object.entries(effects).flatMap(([service, methods]) =>
      Object.keys(methods).map((name) => `${service}/${name}`),
    );
    expect(named.filter((path) => !known.has(path))).toEqual([]);
    const token = { method: "POST", headers, body: '{"project":"p","domain":"d","app":"a"}' };
    expect((await send(`${api.endpoint}/appenv/token`, token)).status).toBe(403);
    const me = await send(`${api.endpoint}/appenv/session`, { headers });
    expect(JSON.parse(me.body)).toEqual({ name: "dashboard", role: "viewer", method: "api-key" });
  });

  test("follows runs over a stream, and starts none", async () => {
    const api = await startApi();
    const viewer = { kind: "viewer", by: { key: { hash: "", name: "dashboard", role: "viewer" } } } as const;
    expect(() => mayFollow(viewer, {})).not.toThrow();
    expect(() => mayRun(viewer, {})).toThrow("api-key:dashboard may not call flyteidl2.workflow.RunService/CreateRun");
    const { key } = await api.keys.createApiKey({ name: "dashboard", role: "viewer" });
    const lease = createClient(apps.AppService, as(api, key)).lease({});
    expect(await codeOf(lease[Symbol.asyncIterator]().next())).toBe("PERMISSION_DENIED");
  });
});

test("places are found wherever a message names them, and not in values", () => {
  const named = { project: "p", domain: "d", name: "n" };
  const project = { $typeName: "flyteidl2.common.ProjectIdentifier", name: "p2", domain: "d2" };
  const inputs = { $typeName: "flyteidl2.task.Inputs", literals: [{ project: "hidden", domain: "x" }] };
  const found = placesOf({ a: [{ case: "x", value: named }], b: project, c: inputs, d: new Uint8Array([1]), e: null });
  expect(found).toHaveLength(2);
  expect(found).toEqual(expect.arrayContaining([named, { project: "p2", domain: "d2", name: "" }]));
});

describe("the owner", () => {
  test("needs a token over TCP where that is wanted, none by the socket, and the client finds both", async () => {
    const home = join(tempDirectory(), ".appenv");
    const platform = await startPlatform({ home, port: 0, requireToken: true });
    onTestFinished(() => platform.close());
    const list = `${platform.endpoint}/flyteidl2.app.AppService/List`;
    const refused = await send(list, { method: "POST", headers: json, body: "{}" });
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([401, { code: "unauthenticated" }]);
    const token = readFileSync(join(home, "api-token"), "utf8").trim();
    expect(statSync(join(home, "api-token")).mode & 0o777).toBe(0o600);
    const headers = { ...json, authorization: `Bearer ${token}` };
    expect((await send(list, { method: "POST", headers, body: "{}" })).status).toBe(200);
    expect((await send(`${platform.endpoint}/healthz`)).body).not.toContain(home);
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("APPENV_HOME", home);
    vi.stubEnv("HOME", home);
    const { socket } = JSON.parse(readFileSync(join(home, "platform.json"), "utf8")) as { socket: string };
    expect([statSync(socket).mode & 0o777, statSync(dirname(socket)).mode & 0o777]).toEqual([0o600, 0o700]);
    for (const target of [{}, { endpoint: platform.endpoint }, { endpoint: `unix:${socket}` }]) {
      expect(await App.list(target)).toEqual([]);
      expect((await connect(target)).embedded).toBe(true);
    }
    // Another directory's token is none of this platform.
    vi.stubEnv("APPENV_HOME", tempDirectory());
    await expect(App.list({ endpoint: platform.endpoint })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("keeps a token, but not one that others could read", () => {
    const home = tempDirectory();
    const token = ownerToken(home);
    expect(ownerToken(home)).toBe(token);
    chmodSync(join(home, "api-token"), 0o640);
    const next = ownerToken(home);
    expect(next).not.toBe(token);
    writeFileSync(join(home, "api-token"), "short\n");
    expect(ownerToken(home)).toMatch(/^aot_[\w-]{43}$/);
  });

  test("is no other user of the machine, who needs a key", async ({ skip }) => {
    skip(process.platform !== "linux" || process.getuid?.() !== 0, "needs root to be another user");
    const api = await startApi();
    const url = `${api.endpoint}/appenv.v1.ApiKeyService/CreateApiKey`;
    const call = [
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "-H",
      "content-type: application/json",
      "-d",
      '{"name":"x"}',
    ];
    const curl = async (uid: number, ...more: string[]) =>
      (await run("curl", [...call, ...more, url], { uid, gid: uid, cwd: "/", env: { PATH: process.env["PATH"] } }))
        .stdout;
    expect(await curl(65_534)).toBe("401");
    expect(await curl(65_534, "--http2-prior-knowledge")).toBe("401");
    expect(await curl(65_534, "-H", `authorization: Bearer ${ownerToken(api.home)}`)).toBe("200");
    expect(await curl(0)).toBe("200");
    expect(await curl(0, "--http2-prior-knowledge")).toBe("200");
    expect(await curl(0, "-H", "x-forwarded-for: 127.0.0.1")).toBe("401");
  });

  test("is no other user either whose connection has ended before it was looked at", async ({ skip }) => {
    skip(process.platform !== "linux" || process.getuid?.() !== 0, "needs root to be another user");
    const api = await startApi();
    const body = '{"name":"x"}';
    const head =
      "POST /appenv.v1.ApiKeyService/CreateApiKey HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/json";
    const bytes = `${head}\\r\\nContent-Length: ${body.length}\\r\\n\\r\\n${body}`;
    const code = `import socket
for half in [False, True] * 20:
    s = socket.create_connection(("127.0.0.1", ${new URL(api.endpoint).port}))
    s.sendall(b'${bytes}')
    s.shutdown(socket.SHUT_WR) if half else s.close()
    if half: s.recv(1000)`;
    await run("python3", ["-c", code], { uid: 65_534, gid: 65_534, cwd: "/" });
    expect((await send(`${api.endpoint}/healthz`)).status).toBe(200);
    expect((await api.keys.listApiKeys({})).apiKeys).toEqual([]);
  });
});

test("without TCP there is the socket alone", async () => {
  const home = join(tempDirectory(), ".appenv");
  const platform = await startPlatform({ home, tcp: false });
  const path = platform.endpoint.slice("unix:".length);
  expect(platform.endpoint).toBe(`unix:${join(home, "run", "api.sock")}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv("APPENV_HOME", home);
  vi.stubEnv("HOME", home);
  expect(await App.list()).toEqual([]);
  await platform.close();
  expect(existsSync(path)).toBe(false);
});

test("a path that is too long for a socket is replaced by a short one that is as private", () => {
  const place = socketPlace(join(tempDirectory(), "a".repeat(100)));
  onTestFinished(() => place?.remove());
  expect(Buffer.byteLength(place?.path ?? "x".repeat(200))).toBeLessThanOrEqual(103);
  expect(statSync(dirname(place?.path ?? "")).mode & 0o777).toBe(0o700);
});
