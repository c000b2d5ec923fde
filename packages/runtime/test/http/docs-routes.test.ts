import type { AppHost, OpenApiDocument } from "@appenv/core";
import { expect, test } from "vitest";
import { plainEnvironment, serveForTest } from "../helpers.ts";

/** An app that can describe itself; `own` are the paths it has routes for. */
function described(own: readonly string[] = [], auth = {}) {
  const environment = plainEnvironment(() => {}, { requiresAuth: true, auth });
  const document: OpenApiDocument = { openapi: "3.1.0", info: { title: "t", version: "1" }, paths: { "/mine": {} } };
  const host: AppHost = {
    framework: "described",
    start: () => Promise.resolve({ request: (request, response) => void response.end(`app ${request.url}`) }),
    close: () => Promise.resolve(),
    handles: (_method, path) => own.includes(path),
    openapi: () => Promise.resolve(document),
    asyncapi: () => Promise.resolve({ asyncapi: "3.0.0", info: { title: "t", version: "1" }, channels: {} } as never),
  };
  environment.createHost = () => host;
  return environment;
}

test("the docs of an app that requires auth are open", async () => {
  const { url } = await serveForTest(described());
  const openapi = await fetch(`${url}/openapi.json`);
  expect(openapi.status).toBe(200);
  expect(Object.keys(((await openapi.json()) as { paths: object }).paths)).toContain("/mine");
  const page = await fetch(`${url}/docs`);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toContain("<html");
  expect((await fetch(`${url}/other`)).status).toBe(401);
});

const docs = ["/openapi.json", "/docs", "/docs/", "/docs/page.js", "/asyncapi.json", "/sockets"];

test.each([
  { openHealth: true, openDocs: true },
  { openHealth: false, openDocs: true },
  { openHealth: true, openDocs: false },
  { openHealth: false, openDocs: false },
])("without a key, health and docs are as open as is said: %o", async (auth) => {
  const { url } = await serveForTest(described([], auth));
  const isClosed = async (path: string, init: RequestInit = {}): Promise<boolean> =>
    (await fetch(url + path, { redirect: "manual", ...init })).status === 401;
  const key = { headers: { "x-api-key": "secret-key" } };
  for (const method of ["GET", "HEAD"]) {
    for (const path of docs) expect([path, await isClosed(path, { method })]).toEqual([path, !auth.openDocs]);
    expect(await isClosed("/health", { method })).toBe(!auth.openHealth);
  }
  for (const path of [...docs, "/health", "/"]) expect([path, await isClosed(path, key)]).toEqual([path, false]);
  for (const path of [...docs, "/health"]) expect(await isClosed(path, { method: "POST" })).toBe(true);
});

test("the app's own routes win, and are as closed as the rest of it", async () => {
  const { url } = await serveForTest(described(["/docs", "/openapi.json"]));
  const headers = { "x-api-key": "secret-key" };
  for (const path of ["/docs", "/docs/page", "/openapi.json"]) {
    expect((await fetch(url + path)).status).toBe(401);
    expect(await (await fetch(url + path, { headers })).text()).toBe(`app ${path}`);
  }
});

test("an app that cannot describe itself keeps these paths", async () => {
  const { url } = await serveForTest(plainEnvironment((request, response) => response.end(`app ${request.url}`)));
  expect(await (await fetch(`${url}/docs`)).text()).toBe("app /docs");
  expect(await (await fetch(`${url}/openapi.json`)).text()).toBe("app /openapi.json");
});

test("an extension that cannot decide is answered 500, and the app goes on", async () => {
  const environment = plainEnvironment((_request, response) => response.end("fine"));
  environment.mount({
    matches: ({ url }) => {
      if (url === "/health") throw new Error("broken matches (expected in this test)");
      return false;
    },
    request: () => {},
  });
  const { url } = await serveForTest(environment);
  expect((await fetch(`${url}/health`)).status).toBe(500);
  expect(await (await fetch(url)).text()).toBe("fine");
});
