import type { HostExtension, OpenApiDocument } from "@appenv/core";
import { expect, test } from "vitest";
import { plainEnvironment, rawClient, serveForTest, upgradeRequest, type TestApp } from "../helpers.ts";

const key = "x-api-key: secret-key\r\n";

/** An app with a route for all, and an extension that checks its senders itself. */
async function start(options: { requiresAuth: boolean }): Promise<TestApp> {
  const environment = plainEnvironment((request, response) => {
    response.setHeader("x-url", request.url ?? "").setHeader("x-host", request.headers.host ?? "");
    response.end(`the app ${request.rawHeaders.filter((name) => name.toLowerCase() === "host").length}`);
  }, options);
  const extension: HostExtension = {
    authenticates: true,
    matches: ({ url = "" }) => url.split("?", 1)[0] === "/hook",
    request: (_, response) => void response.end("the hook"),
    upgrade: (_, socket) => void socket.end("HTTP/1.1 204 No Content\r\nx-taken: by the hook\r\n\r\n"),
    openapi: async (): Promise<OpenApiDocument> => ({ openapi: "3.1.1", paths: {} }),
  };
  environment.mount(extension);
  return serveForTest(environment);
}

async function ask({ port }: TestApp, line: string, headers = ""): Promise<string> {
  const client = rawClient(port).send(`${line} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n${headers}\r\n`);
  await client.closed;
  return client.text;
}

test.each([
  ["GET http://a.example/health", 200, "healthy"],
  ["GET HTTPS://a.example:8443/health?deep", 200, "healthy"],
  ["POST http://a.example/hook", 200, "the hook"],
  ["GET http://a.example/openapi.json", 200, '"openapi":"3.1.1"'],
  ["GET http://a.example/private", 401, "UNAUTHENTICATED"],
  ["GET http://health/private", 401, "UNAUTHENTICATED"],
  ["GET http://a.example/private?/health", 401, "UNAUTHENTICATED"],
  ["GET http://a.example/health/../private", 401, "UNAUTHENTICATED"],
  ["GET http://a.example/x/http://a.example/health", 401, "UNAUTHENTICATED"],
  ["GET http://a.example", 401, "UNAUTHENTICATED"],
  ["POST http://a.example/hook/private", 401, "UNAUTHENTICATED"],
])("without credentials, %s is answered %i, as the path alone is", async (line, status, part) => {
  const app = await start({ requiresAuth: true });
  const text = await ask(app, line);
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(text).toContain(part);
});

test.each([
  ["GET http://a.example:81/x/..%2fy?z=http://b", "/x/..%2fy?z=http://b", "a.example:81"],
  ["GET http://a.example?q", "/?q", "a.example"],
  ["GET http://somebody@a.example/", "/", "a.example"],
  ["OPTIONS *", "*", "test"],
  ["GET //a.example/health", "//a.example/health", "test"],
])("the app sees %s as the path %s of %s", async (line, path, host) => {
  const text = await ask(await start({ requiresAuth: true }), line, key);
  expect(text).toContain(`x-url: ${path}\r\nx-host: ${host}\r\n`);
  expect(text).toContain("the app 1");
});

test("docs, tickets and upgrades are at their paths too", async () => {
  const app = await start({ requiresAuth: true });
  expect(await ask(app, "GET http://a.example/openapi.json", key)).toContain('"openapi":"3.1.1"');
  expect(await ask(app, "GET http://a.example/docs", key)).toMatch(/^HTTP\/1.1 (200|503) /);
  expect(await ask(app, "POST http://a.example/.appenv/ticket", key)).toContain('"ticket"');
  const socket = rawClient(app.port).send(upgradeRequest("http://a.example/hook", key));
  expect(await socket.until("by the hook")).toContain("204 No Content");
});

test("a part of the traffic goes to another revision as the path alone does", async () => {
  const [old, next] = await Promise.all([start({ requiresAuth: false }), start({ requiresAuth: false })]);
  const weights = [{ revision: 2, weight: 100, port: next.port }];
  void old.app.ingress.setTraffic({ own: 1, sticky: "none", weights });
  const text = await ask(old, "GET http://a.example/x");
  expect(text).toContain("x-url: /x\r\nx-host: a.example\r\n");
  expect(text).toContain("appenv-revision: 2");
  expect(await ask(old, "GET http://a.example/health")).not.toContain("appenv-revision");
});

test.each(["a b", "a/b", "user@a", "[::1", "a:b"])("an upgrade with the Host %j is answered 400", async (host) => {
  const app = await start({ requiresAuth: false });
  const client = rawClient(app.port).send(upgradeRequest("/hook").replace("Host: test", `Host: ${host}`));
  expect(await client.until("BAD_REQUEST")).toMatch(/^HTTP\/1.1 400 /);
});
