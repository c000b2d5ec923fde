import { expect, test } from "vitest";
import { hashKey } from "../../src/index.ts";
import { get, plainEnvironment, rawClient, serveForTest, upgradeRequest } from "../helpers.ts";

const closedApp = () => plainEnvironment((_request, response) => response.end("hello"), { requiresAuth: true });

test("a request needs a key, in either header", async () => {
  const { url } = await serveForTest(closedApp());
  const ask = async (headers: Record<string, string>) => (await fetch(url, { headers })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: "Bearer wrong" })).toBe(401);
  expect(await ask({ authorization: "Basic secret-key" })).toBe(401);
  expect(await ask({ authorization: "Bearer secret-key" })).toBe(200);
  expect(await ask({ authorization: "bearer secret-key" })).toBe(200);
  expect(await ask({ "x-api-key": "secret-key" })).toBe(200);
  expect(await ask({ "x-api-key": "secret-key2" })).toBe(401);
  expect(await ask({ "x-api-key": hashKey("secret-key") })).toBe(401);
});

test("a missing and a wrong key get the same problem", async () => {
  const { url } = await serveForTest(closedApp());
  const missing = await fetch(url);
  const wrong = await fetch(url, { headers: { authorization: "Bearer wrong" } });
  expect(missing.headers.get("www-authenticate")).toBe("Bearer");
  expect(missing.headers.get("content-type")).toBe("application/problem+json");
  const problem = await missing.json();
  expect(problem).toMatchObject({ type: "about:blank", title: "Unauthorized", status: 401, code: "UNAUTHENTICATED" });
  expect(await wrong.json()).toEqual(problem);
});

test("health stays open; refused requests are no load", async () => {
  const { app, url } = await serveForTest(closedApp());
  expect((await fetch(`${url}/health`)).status).toBe(200);
  await (await fetch(url)).text();
  expect(app.ingress.load()).toMatchObject({ requests: 0, inFlight: 0, busyMs: 0 });
});

test("an upgrade is refused before the app sees it", async () => {
  const environment = closedApp();
  let seen = 0;
  environment.mount({
    matches: () => true,
    upgrade: (_request, socket) => {
      seen += 1;
      socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    },
  });
  const served = await serveForTest(environment);
  const refused = rawClient(served.port).send(upgradeRequest());
  expect(await refused.until("UNAUTHENTICATED")).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  await refused.closed;
  expect(seen).toBe(0);
  const accepted = rawClient(served.port).send(upgradeRequest("/", "x-api-key: secret-key\r\n"));
  await accepted.until("101 Switching");
  expect(seen).toBe(1);
});

test("keys can be exchanged while the app runs", async () => {
  const { app, url } = await serveForTest(closedApp());
  const ask = async (key: string) => (await fetch(url, { headers: { "x-api-key": key } })).status;
  expect(await ask("secret-key")).toBe(200);
  app.ingress.setAuth({ required: true, keyHashes: [hashKey("new-key")] });
  expect(await ask("secret-key")).toBe(401);
  expect(await ask("new-key")).toBe(200);
  app.ingress.setAuth({ required: true, keyHashes: [] });
  expect(await ask("new-key")).toBe(401);
});

test("a refused request that waits for 100 Continue is not asked for its body", async () => {
  const { port } = await serveForTest(closedApp());
  const client = rawClient(port);
  client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const text = await client.until("UNAUTHENTICATED");
  expect(text).not.toContain("100 Continue");
  await client.closed;
});

test("a path beside health and docs is not open by a trick of spelling", async () => {
  const { port } = await serveForTest(closedApp());
  for (const path of [
    "/health/",
    "/health/../secret",
    "//health",
    "/healthx",
    "/docs/../secret",
    "http://test/health/x",
  ]) {
    const client = rawClient(port).send(get(path));
    expect(await client.until("\r\n")).toContain("401");
  }
});

test("every credential that is not valid gets the same answer, byte for byte", async () => {
  const { port } = await serveForTest(closedApp());
  const key = hashKey("secret-key");
  const answer = async (request: string): Promise<string> => {
    const client = rawClient(port).send(request);
    const text = await client.until("\r\n\r\n");
    const body = Number(/content-length: (\d+)/i.exec(text)?.[1]);
    while (client.received.length < client.text.indexOf("\r\n\r\n") + 4 + body) await client.until("}");
    return client.text.replace(/^Date: .*$/im, "Date");
  };
  const missing = await answer(get("/"));
  expect(missing).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  expect(missing).toContain("WWW-Authenticate: Bearer\r\n");
  for (const header of [
    "Authorization: Bearer unknown-key",
    "Authorization: Bearer secret-ke",
    "Authorization: Bearer secret-key2",
    "Authorization: Bearer secret-key extra",
    "Authorization: Bearer  ",
    "Authorization: Bearer",
    "Authorization: secret-key",
    "Authorization: Basic secret-key",
    `Authorization: Bearer ${key}`,
    `Authorization: Bearer ${"a".repeat(12_000)}`,
    `Authorization: Bearer ${"a.".repeat(1_000)}`,
    "Authorization: Bearer a.b.c",
    "Authorization: Bearer __proto__",
    'Authorization: Bearer "><script>',
    "Authorization: Bearer %0d%0aX-Injected: 1",
    "Authorization: Bearer \u00ff\u0080",
    "Authorization: Bearer unknown\r\nAuthorization: Bearer secret-key",
    "x-api-key: unknown-key",
    "x-api-key: ",
    "x-api-key: constructor",
    "x-api-key: unknown\r\nx-api-key: secret-key",
  ]) {
    expect([header, await answer(get("/", `${header}\r\n`))]).toEqual([header, missing]);
  }
});
