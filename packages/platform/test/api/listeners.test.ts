import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:http2";
import { text } from "node:stream/consumers";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createClient } from "@connectrpc/connect";
import { DataProxyService } from "@appenv/protocol";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { send, startApi, type Answer, type ApiFixture } from "../support/api.ts";

/** Something the platform answers on its port. */
interface Listener {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  /** True if anybody who has its URL may use it; then the status of a guessed URL. */
  readonly guessed?: number;
}

const run = "/v2/domain/development/project/flytesnacks/runs/r1";
const list = "/flyteidl2.app.AppService/List";
const [json, urlencoded] = ["application/json", "application/x-www-form-urlencoded"];

const pages: readonly Listener[] = [
  { what: "the list of apps", method: "GET", path: "/" },
  { what: "an app", method: "GET", path: "/v2/domain/development/project/flytesnacks/apps/hello" },
  { what: "the list of runs", method: "GET", path: "/v2/runs" },
  { what: "a run", method: "GET", path: run },
  { what: "an action", method: "GET", path: `${run}/actions/a0` },
  { what: "a file of the console", method: "GET", path: "/console/none.js" },
];
const calls: readonly Listener[] = [
  { what: "a call", method: "POST", path: list, type: json },
  { what: "a call of gRPC", method: "POST", path: list, type: "application/grpc" },
  { what: "a call of gRPC-Web", method: "POST", path: list, type: "application/grpc-web" },
  { what: "a call by GET", method: "GET", path: `${list}?connect=v1&encoding=json&message=%7B%7D` },
  { what: "a form", method: "POST", path: `${run}/abort`, type: urlencoded },
  { what: "API keys", method: "POST", path: "/appenv.v1.ApiKeyService/CreateApiKey", type: json },
  { what: "tokens", method: "POST", path: "/appenv/token", type: json },
  { what: "uploads", method: "PUT", path: "/upload/guess", guessed: 403 },
  { what: "uploads by another method", method: "POST", path: "/upload/guess" },
  { what: "downloads", method: "GET", path: "/download/guess", guessed: 404 },
  { what: "nothing", method: "GET", path: "/nothing" },
];

let api: ApiFixture;

function ask({ method, path, type }: Listener, headers: Record<string, string> = {}): Promise<Answer> {
  const all = { ...(type === undefined ? {} : { "content-type": type }), ...headers };
  return send(`${api.endpoint}${path}`, {
    method,
    headers: all,
    ...(method === "POST" ? { body: '{"name":"x"}' } : {}),
  });
}

async function overHttp2(headers: Record<string, string>): Promise<number> {
  const session = connect(api.endpoint);
  onTestFinished(() => session.destroy());
  const stream = session.request({ ":method": "POST", ":path": list, "content-type": json, ...headers });
  const [answered] = await once(stream.end("{}"), "response");
  await text(stream);
  return answered[":status"];
}

describe("on this machine only", () => {
  beforeEach(async () => {
    api = await startApi();
  });

  test.each([...pages, ...calls])("$what: no name of another machine", async (listener) => {
    for (const host of ["evil.example", "evil.example:7070", "localhost.evil.example", "127.0.0.1.evil.example"]) {
      const sameOrigin = { host, origin: `http://${host}` };
      expect([host, (await ask(listener, { host })).status]).toEqual([host, 403]);
      expect([host, (await ask(listener, sameOrigin)).status]).toEqual([host, 403]);
    }
    expect(api.controller.keyHashes).toEqual([]);
  });

  test.each(calls)("$what: no page of another site", async (listener) => {
    const { port } = new URL(api.endpoint);
    for (const origin of [
      "https://evil.example",
      "null",
      `https://localhost:${port}`,
      `http://127.0.0.1:${port}`,
      "http://localhost",
    ]) {
      const { status, body } = await ask(listener, { origin });
      expect([origin, status]).toEqual([origin, 403]);
      expect(body).toContain("Requests from web pages of another origin are refused.");
    }
    expect(api.controller.keyHashes).toEqual([]);
    expect((await ask(listener, { origin: api.endpoint })).body).not.toContain("another origin");
  });

  test.each(pages)("$what: not in a frame of another site", async (listener) => {
    const { headers } = await ask(listener, { origin: "https://evil.example" });
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  });

  test("no other site may read an answer", async () => {
    for (const listener of [...pages, ...calls]) {
      const { headers } = await ask(listener, { origin: api.endpoint });
      const allowed = Object.keys(headers).filter((name) => name.startsWith("access-control-"));
      expect([listener.what, allowed]).toEqual([listener.what, []]);
    }
  });

  test("HTTP/2 asks the same", async () => {
    expect(await overHttp2({})).toBe(200);
    expect(await overHttp2({ ":authority": "evil.example" })).toBe(403);
    expect(await overHttp2({ ":authority": "evil.example", host: "localhost" })).toBe(403);
    expect(await overHttp2({ origin: "https://evil.example" })).toBe(403);
  });
});

test("nothing of an address gets into a header", async () => {
  api = await startApi();
  for (const listener of [...pages, ...calls]) {
    const [path = "", query = ""] = listener.path.split("?");
    for (const bad of ["%0d%0aX-Injected:%201", "%0aX-Injected:%201", "%00", "%ff", "%"]) {
      for (const changed of [`${path}${bad}`, `${path.replace("r1", bad)}?${query}`, `${path}?location=${bad}`]) {
        const { status, headers } = await ask({ ...listener, path: changed }, { origin: api.endpoint });
        expect([changed, status < 500]).toEqual([changed, true]);
        expect(headers).not.toHaveProperty("x-injected");
      }
    }
  }
});

describe("on a public address", () => {
  const host = "box.example:7070";
  const origin = `http://${host}`;
  beforeEach(async () => {
    api = await startApi("0.0.0.0");
  });

  test.each(pages)("$what: the same for everybody, since it shows nothing by itself", async (listener) => {
    const { status, body } = await ask(listener, { host });
    const { key } = await api.keys.createApiKey({ name: "ci" });
    const passed = await ask(listener, { host, authorization: `Bearer ${key}` });
    expect([status, body]).toEqual([passed.status, passed.body]);
    expect(status).not.toBe(401);
  });

  test.each(calls)("$what: a key is needed, and a wrong one is none", async (listener) => {
    const missing = await ask(listener, { host, origin });
    expect(missing.status).toBe(listener.guessed ?? 401);
    const proxied = { host: "localhost:7070", origin: "http://localhost:7070", "x-forwarded-for": "127.0.0.1" };
    for (const headers of [
      { host, origin, authorization: "Bearer aek_wrong" },
      { host, origin, authorization: "Bearer aek_wrong", "x-forwarded-for": "127.0.0.1" },
      { host, origin, authorization: `Basic ${btoa("any:aek_wrong")}` },
      proxied,
      { ...proxied, forwarded: "for=127.0.0.1" },
    ]) {
      const { status, body } = await ask(listener, headers);
      expect([status, body]).toEqual([missing.status, missing.body]);
    }
    expect(api.controller.keyHashes).toEqual([]);
    const { key } = await api.keys.createApiKey({ name: "ci" });
    const passed = await ask(listener, { host, origin, authorization: `Bearer ${key}` });
    expect(passed.status).not.toBe(401);
    // A proxy of this machine says no more of itself than this.
    expect((await ask(listener, { origin: api.endpoint })).status).toBe(missing.status);
  });

  test.each(calls)("$what: no page of another site, also with a key", async (listener) => {
    const { key } = await api.keys.createApiKey({ name: "ci" });
    const foreign = { origin: "https://evil.example", authorization: `Bearer ${key}` };
    expect((await ask(listener, { ...foreign, host })).status).toBe(403);
    expect((await ask(listener, { ...foreign, host: "localhost:7070" })).status).toBe(403);
  });

  test("a client on another machine uploads with its key: the URL it is given needs none", async () => {
    const { key } = await api.keys.createApiKey({ name: "ci" });
    const transport = createConnectTransport({
      baseUrl: api.endpoint,
      httpVersion: "1.1",
      interceptors: [
        (next) => (request) => {
          request.header.set("authorization", `Bearer ${key}`);
          return next(request);
        },
      ],
    });
    const body = "export const env = 1;\n";
    const { signedUrl } = await createClient(DataProxyService, transport).createUploadLocation({
      filename: "a.mjs",
      contentMd5: createHash("md5").update(body).digest(),
    });
    const put = (headers: Record<string, string>) => send(signedUrl, { method: "PUT", body, headers });
    expect((await put({ host, origin: "https://evil.example" })).status).toBe(403);
    expect((await put({ host })).status).toBe(200);
    expect((await put({ host })).status).toBe(403);
  });
});
