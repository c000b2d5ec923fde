import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AppHost, HostExtension, OpenApiDocument } from "@appenv/core";
import { expect, it, onTestFinished } from "vitest";
import type { DocsOptions } from "../../../src/http/docs/document-parts.ts";
import { createDocs } from "../../../src/http/docs/index.ts";

type Document = Record<"info" | "paths" | "components" | "security" | "tags", never>;

function hostOf(document?: () => Promise<object>, handles: readonly string[] = []): AppHost {
  return {
    framework: "Test",
    start: () => Promise.reject(new Error("not started here")),
    close: async () => {},
    handles: (_method, path) => handles.includes(path),
    ...(document === undefined ? {} : { openapi: document as () => Promise<OpenApiDocument> }),
  };
}

function extensionOf(document: object): HostExtension {
  return { matches: () => false, openapi: async () => document as OpenApiDocument };
}

/** Serves docs, also below the prefix `/apps/one`. */
async function serve(
  options: Partial<DocsOptions> = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const health = { path: "/health", checks: {}, dependencies: true, timeoutMs: 1_000 };
  const docs = createDocs({ name: "one", requiresAuth: false, host: hostOf(), extensions: [], health, ...options });
  const server = createServer((request, response) => docs.handle(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

async function documentOf(options: Partial<DocsOptions>): Promise<Document> {
  const get = await serve(options);
  return (await (await get("/openapi.json")).json()) as Document;
}

const route = (summary: string): object => ({ summary, responses: { 200: { description: "OK" } } });

it("is asked of the host once, and kept", async () => {
  let calls = 0;
  const host = hostOf(async () => ({ openapi: "3.1.1", info: { version: "7.0.0" }, paths: {}, count: ++calls }));
  const get = await serve({ host });
  expect(calls).toBe(0);
  const texts = await Promise.all(
    ["/openapi.json", "/openapi.json?again"].map(async (path) => (await get(path)).text()),
  );
  expect(calls).toBe(1);
  expect(texts[0]).toBe(texts[1]);
  expect(JSON.parse(texts[0]!)).toMatchObject({ openapi: "3.1.1", info: { title: "one", version: "7.0.0" } });
});

it("is tried again after a failure, which it answers with 500", async () => {
  let calls = 0;
  const host = hostOf(async () => {
    if (++calls === 1) throw new Error("a schema without words");
    return { openapi: "3.1.1", paths: { "/": { get: route("Second time") } } };
  });
  const get = await serve({ host });
  const failed = await get("/openapi.json");
  expect(failed.status).toBe(500);
  expect(failed.headers.get("content-type")).toBe("application/problem+json");
  expect(await failed.text()).not.toContain("without words");
  expect((await get("/openapi.json")).status).toBe(200);
});

it("merges host and extensions; who is asked first for a request wins", async () => {
  const host = hostOf(async () => ({
    openapi: "3.1.1",
    info: { title: "Host", version: "1.2.3" },
    tags: [{ name: "Host" }],
    paths: { "/": { get: route("Host's"), post: route("Host's") } },
    components: { schemas: { A: { type: "string" } } },
  }));
  const extension = extensionOf({
    openapi: "3.1.1",
    info: { title: "Extension", version: "9.9.9" },
    tags: [{ name: "Hooks" }],
    paths: { "/": { get: route("Extension's") }, "/hooks": { post: route("Extension's") } },
    components: { schemas: { B: { type: "number" } } },
  });
  const document = await documentOf({ host, extensions: [extension] });
  expect(document.info).toEqual({ title: "Host", version: "1.2.3" });
  expect(document.tags).toEqual([{ name: "Hooks" }, { name: "Host" }]);
  expect(document.paths).toMatchObject({
    "/": { get: { summary: "Extension's" }, post: { summary: "Host's" } },
    "/hooks": { post: { summary: "Extension's" } },
  });
  expect(document.components).toMatchObject({ schemas: { A: { type: "string" }, B: { type: "number" }, Problem: {} } });
});

it("adds the key and its error where one is needed", async () => {
  const paths = { "/": { get: route("Closed"), post: { ...route("Open"), security: [] } } };
  const document = await documentOf({ requiresAuth: true, host: hostOf(async () => ({ openapi: "3.1.1", paths })) });
  const refused = { $ref: "#/components/responses/Unauthenticated" };
  expect(document.security).toEqual([{ apiKey: [] }]);
  expect(document.paths).toMatchObject({ "/": { get: { responses: { 401: refused } } } });
  expect(document.paths["/"]["post"]).toEqual(paths["/"].post);
  expect(document.paths["/health"]["get"]).toMatchObject({ security: [] });
  expect(document.paths["/health"]["get"]["responses"]).not.toHaveProperty("401");
});

it("keeps the app's own schema called Problem", async () => {
  const components = { schemas: { Problem: { type: "string" } } };
  const document = await documentOf({ host: hostOf(async () => ({ openapi: "3.1.1", components })) });
  expect(document.components["schemas"]).toMatchObject({ Problem: { type: "string" }, PlatformProblem: {} });
  expect(JSON.stringify(document.components["responses"])).toContain("#/components/schemas/PlatformProblem");
});

it("leaves health to an app that has its own", async () => {
  const host = hostOf(async () => ({ openapi: "3.1.1", paths: {} }), ["/health"]);
  expect((await documentOf({ host })).paths).toEqual({});
});

it("is shown by a page with relative addresses and a strict policy", async () => {
  const get = await serve({ name: "<one> & two" });
  const response = await get("/docs");
  const policy = response.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy).not.toContain("unsafe-eval");
  const html = await response.text();
  expect(html).toContain("<title>&lt;one&gt; &amp; two</title>");
  expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)).toEqual([
    "data:,",
    "docs/scalar.js",
    "docs/init.js",
  ]);
  expect(await (await get("/docs/init.js")).text()).toContain("Scalar.createApiReference");
});

const schemaOf = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

it("keeps apart what is named alike in several parts, and gives names that are allowed", async () => {
  const part = (path: string, type: string, name = "User"): object => ({
    paths: { [path]: { get: { responses: { 200: { content: { "application/json": { schema: schemaOf(name) } } } } } } },
    components: {
      schemas: {
        [name.replaceAll("~1", "/")]: { type: "object", properties: { id: { type }, same: schemaOf("Same") } },
        Same: { type: "boolean" },
      },
    },
  });
  const document = await documentOf({
    extensions: [extensionOf(part("/a", "string")), extensionOf(part("/b", "string"))],
    host: hostOf(async () => ({ openapi: "3.1.1", ...part("/c", "integer") })),
  });
  const at = (path: string): object =>
    document.paths[path]!["get"]["responses"]["200"]["content"]["application/json"]["schema"];
  expect([at("/a"), at("/b"), at("/c")]).toEqual([schemaOf("User"), schemaOf("User"), schemaOf("User2")]);
  expect(Object.keys(document.components["schemas"])).toEqual(["User2", "Same", "User", "Problem"]);
  for (const name of ["shared/User", "shared~1User"]) {
    const slashed = await documentOf({ host: hostOf(async () => part("/c", "integer", name)) });
    expect(slashed.components["schemas"]).toHaveProperty("shared-User");
    expect(JSON.stringify(slashed.paths)).toContain('"#/components/schemas/shared-User"');
  }
});

it("gives the browser Scalar's file once", async () => {
  const get = await serve();
  const response = await get("/docs/scalar.js");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect((await response.text()).length).toBeGreaterThan(1_000_000);
  const again = await get("/docs/scalar.js", { headers: { "if-none-match": response.headers.get("etag")! } });
  expect(again.status).toBe(304);
});

it("answers HEAD without a body, and 404 below /docs", async () => {
  const get = await serve();
  for (const path of ["/docs", "/docs/init.js", "/docs/scalar.js", "/openapi.json"]) {
    const response = await get(path, { method: "HEAD" });
    expect([path, response.status, await response.text()]).toEqual([path, 200, ""]);
  }
  expect((await get("/docs/")).url).toMatch(/\d\/docs$/);
  const missing = await get("/docs/other");
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({ code: "NOT_FOUND" });
});
