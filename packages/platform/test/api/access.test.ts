import { describe, expect, test } from "vitest";
import { checkAccess, isAdmitted } from "../../src/api/access/check-access.ts";
import { endpointOf } from "../../src/api/rpc/address.ts";
import { hashKey } from "../../src/state/api-key-table.ts";
import { send, startApi } from "../support/api.ts";

const json = { "content-type": "application/json" };

/** Undefined: it is let in. */
function statusOf(access: ReturnType<typeof checkAccess>): number | undefined {
  return isAdmitted(access) ? undefined : access.status;
}

function basic(password: string): string {
  return `Basic ${Buffer.from(`any:${password}`).toString("base64")}`;
}

describe("on this machine only", () => {
  test.each(["localhost:7070", "127.0.0.1", "[::1]:7070", "LOCALHOST", "[0:0::1]", "[::ffff:127.0.0.1]"])(
    "Host %s is served",
    async (host) => {
      const { endpoint } = await startApi();
      expect((await send(endpoint, { headers: { host } })).status).toBe(200);
    },
  );

  test.each(["evil.example", "localhost.evil.example:7070", "192.168.1.4", "a@localhost", "localhost:99999999"])(
    "Host '%s' is refused",
    async (host) => {
      const { endpoint } = await startApi();
      expect((await send(endpoint, { headers: { host } })).status).toBe(403);
      const health = await send(`${endpoint}/healthz`, { headers: { host } });
      expect(health.body).not.toContain("pid");
    },
  );

  test("a web page of another origin commands nothing", async () => {
    const { endpoint, controller } = await startApi();
    const call = (origin: string, method = "POST") =>
      send(`${endpoint}/appenv.v1.ApiKeyService/CreateApiKey`, {
        method,
        headers: { ...json, origin },
        ...(method === "POST" ? { body: '{"name":"x"}' } : {}),
      });
    for (const origin of ["https://evil.example", "null", "http://localhost:1"]) {
      expect((await call(origin)).status).toBe(403);
      expect((await call(origin, "OPTIONS")).status).toBe(403);
    }
    expect(controller.keyHashes).toEqual([]);
    expect((await call(endpoint)).status).toBe(200);
    expect(controller.keyHashes).toHaveLength(1);
    const upload = { method: "PUT", headers: { origin: "https://evil.example" } };
    expect((await send(`${endpoint}/upload/x`, upload)).status).toBe(403);
    expect((await send(endpoint, { headers: { origin: "https://evil.example" } })).status).toBe(200);
  });
});

describe("on a public address", () => {
  const key = "aek_test";
  const rules = {
    host: "0.0.0.0",
    keyOf: (hash: string) => (hash === hashKey(key) ? ({ hash, name: "ci", role: "admin" } as const) : undefined),
  };
  const ask = (headers: Record<string, string>, kind: "page" | "call" = "call", remoteAddress = "192.168.1.9") =>
    statusOf(
      checkAccess(
        {
          headers: { host: "box.example:7070", ...headers },
          socket: { remoteAddress, localPort: 1, remotePort: 2 },
        } as never,
        kind,
        rules,
      ),
    );

  test("the API needs a key, and takes none as a password", () => {
    expect(ask({})).toBe(401);
    expect(ask({ authorization: `Bearer ${key}` })).toBeUndefined();
    expect(ask({ authorization: `bearer ${key}` })).toBeUndefined();
    expect(ask({ authorization: "Bearer aek_other" })).toBe(401);
    expect(ask({ authorization: basic(key) })).toBe(401);
    expect(ask({ authorization: basic(key) }, "page")).toBe(401);
    expect(ask({ authorization: `Bearer ${key}`, origin: "https://evil.example" })).toBe(403);
  });

  test("this machine's own processes need one too, as a proxy's clients do", () => {
    const local = { host: "localhost:7070" };
    expect(ask(local, "call", "127.0.0.1")).toBe(401);
    expect(ask({ ...local, authorization: `Bearer ${key}` }, "call", "127.0.0.1")).toBeUndefined();
    expect(ask(local)).toBe(401);
    expect(ask({}, "call", "127.0.0.1")).toBe(401);
    expect(ask({ ...local, "x-forwarded-for": "1.2.3.4" }, "call", "127.0.0.1")).toBe(401);
  });

  test("a key is asked for over HTTP, and none to look whether a platform is there", async () => {
    const { endpoint, store, keys } = await startApi("0.0.0.0");
    const url = `${endpoint}/flyteidl2.app.AppService/List`;
    const headers = { ...json, host: "box.example" };
    const refused = await send(url, { method: "POST", headers, body: "{}" });
    expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    const { key: made, id } = await keys.createApiKey({ name: "ci" });
    const call = () =>
      send(url, { method: "POST", headers: { ...headers, authorization: `Bearer ${made}` }, body: "{}" });
    expect((await call()).status).toBe(200);
    await keys.revokeApiKey({ id });
    expect((await call()).status).toBe(401);
    expect(store.apiKeys.list()).toEqual([]);
    const health = await send(`${endpoint}/healthz`, { headers: { host: "box.example" } });
    expect(JSON.parse(health.body)).toEqual({
      status: "ok",
      platform: "appenv",
      version: expect.any(String),
      ignoredOptions: expect.any(Array),
    });
    expect((await send(`${endpoint}/nothing`, { headers })).headers["www-authenticate"]).toBe("Bearer");
  });
});

test("an endpoint is what a client can reach", () => {
  expect(endpointOf("127.0.0.1", 7070)).toBe("http://localhost:7070");
  expect(endpointOf("::", 7070)).toBe("http://localhost:7070");
  expect(endpointOf("192.168.1.4", 1)).toBe("http://192.168.1.4:1");
  expect(endpointOf("fe80::1", 1)).toBe("http://[fe80::1]:1");
});

test("API keys are made, listed without the key, and revoked", async () => {
  const { keys, controller } = await startApi();
  const made = await keys.createApiKey({ name: "ci" });
  expect(made.key).toMatch(/^aek_/);
  expect(controller.keyHashes).toEqual([hashKey(made.key)]);
  const { apiKeys } = await keys.listApiKeys({});
  expect(apiKeys.map(({ id, name }) => [id, name])).toEqual([[made.id, "ci"]]);
  expect(apiKeys[0]?.createdAt).toBeDefined();
  await keys.revokeApiKey({ id: made.id });
  expect(controller.keyHashes).toEqual([]);
  await expect(keys.revokeApiKey({ id: made.id })).rejects.toThrow("There is no API key");
});

test("the one cluster is where it was asked", async () => {
  const { cluster, endpoint } = await startApi();
  expect((await cluster.selectCluster({})).clusterEndpoint).toBe(endpoint);
  const headers = { ...json, host: "localhost:1234" };
  const url = `${endpoint}/flyteidl2.cluster.ClusterService/SelectCluster`;
  const answer = await send(url, { method: "POST", headers, body: "{}" });
  expect(JSON.parse(answer.body)).toEqual({ clusterEndpoint: "http://localhost:1234" });
});
