import { expect, test } from "vitest";
import { get, plainEnvironment, rawClient, serveForTest, untilLoad, upgradeRequest } from "../helpers.ts";

test("a listener that throws or rejects is answered 500, and the app goes on", async () => {
  const environment = plainEnvironment((request, response) => {
    if (request.url === "/throw") throw new Error("broken handler (expected in this test)");
    if (request.url === "/reject") return Promise.reject(new Error("broken promise (expected in this test)"));
    return response.end("fine");
  });
  const { url } = await serveForTest(environment);
  for (const path of ["/throw", "/reject"]) {
    const response = await fetch(url + path);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: "INTERNAL", title: "Internal Server Error" });
  }
  expect(await (await fetch(url)).text()).toBe("fine");
});

test("a response that broke half way is cut, not completed", async () => {
  const environment = plainEnvironment((_request, response) => {
    response.write("half");
    throw new Error("broken half way (expected in this test)");
  });
  const { url } = await serveForTest(environment);
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow(/terminated|fetch failed/);
});

test.each([
  ["no HTTP at all", "\u0016\u0003\u0001 hello\r\n\r\n", "400"],
  ["a broken header", "GET / HTTP/1.1\r\nHost: t\r\nbroken header\r\n\r\n", "400"],
  ["two lengths", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"],
  ["length and chunks", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400"],
  ["no host", "GET / HTTP/1.1\r\n\r\n", "400"],
  ["huge headers", `GET / HTTP/1.1\r\nHost: t\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, "431"],
])("malformed input is answered and its connection closed: %s", async (_name, bytes, status) => {
  const served = await serveForTest(plainEnvironment((_request, response) => response.end("fine")));
  const client = rawClient(served.port).send(bytes);
  await client.closed;
  expect(client.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(await (await fetch(served.url)).text()).toBe("fine");
  await untilLoad(served, ({ inFlight }) => inFlight === 0);
});

test("an upgrade nobody takes is answered 404, and its connection closed", async () => {
  const { port } = await serveForTest(plainEnvironment((_request, response) => response.end("fine")));
  const client = rawClient(port).send(upgradeRequest());
  const text = await client.until("NO_UPGRADE");
  expect(text).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  await client.closed;
});

test("an offer of h2c is answered as the plain request it also is", async () => {
  const { port } = await serveForTest(plainEnvironment((_request, response) => response.end("fine")));
  const client = rawClient(port).send(
    get("/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"),
  );
  expect(await client.until("fine")).toMatch(/^HTTP\/1\.1 200 /);
});

test("an upgrade listener that throws, and a client that resets, do no harm", async () => {
  const environment = plainEnvironment((_request, response) => response.end("fine"));
  environment.mount({
    matches: ({ url }) => url === "/throw",
    upgrade: () => {
      throw new Error("broken upgrade (expected in this test)");
    },
  });
  environment.mount({ matches: () => true, upgrade: () => {} });
  const served = await serveForTest(environment);
  await rawClient(served.port).send(upgradeRequest("/throw")).closed;
  const client = rawClient(served.port).send(upgradeRequest());
  await untilLoad(served, ({ sockets }) => sockets === 1);
  client.socket.resetAndDestroy();
  await untilLoad(served, ({ sockets }) => sockets === 0);
  expect(await (await fetch(served.url)).text()).toBe("fine");
});
