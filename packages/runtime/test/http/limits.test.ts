import { expect, test } from "vitest";
import { plainEnvironment, rawClient, serveForTest, untilLoad } from "../helpers.ts";

/** Answers with the length of the body, and notes how requests ended. */
function counting(options = {}) {
  const ends: string[] = [];
  const environment = plainEnvironment(
    (request, response) => {
      let length = 0;
      request.on("data", (chunk: Buffer) => (length += chunk.length));
      request.on("end", () => response.end(`got ${length}`));
      request.on("error", () => ends.push("aborted"));
    },
    { limits: { body: 10 }, ...options },
  );
  return { environment, ends };
}

const post = (headers: string) => `POST / HTTP/1.1\r\nHost: test\r\n${headers}\r\n`;

test("a body up to the limit passes, declared or chunked", async () => {
  const { port } = await serveForTest(counting().environment);
  const client = rawClient(port).send(`${post("Content-Length: 10\r\n")}0123456789`);
  await client.until("got 10");
  client.send(`${post("Transfer-Encoding: chunked\r\n")}5\r\n01234\r\n4\r\n5678\r\n0\r\n\r\n`);
  expect(await client.until("got 9")).toContain("got 10");
});

test("a declared body above the limit is refused without the app seeing it", async () => {
  const served = await serveForTest(counting().environment);
  const client = rawClient(served.port).send(`${post("Content-Length: 11\r\n")}01234567890`);
  const text = await client.until("BODY_TOO_LARGE");
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(text).toContain("Connection: close");
  expect(text).toContain("application/problem+json");
  client.socket.end();
  await client.closed;
  await untilLoad(served, ({ inFlight, connections }) => inFlight === 0 && connections === 0);
});

test("the answer arrives although the client goes on sending", async () => {
  const { url } = await serveForTest(counting().environment);
  for (let round = 0; round < 5; round += 1) {
    const response = await fetch(url, { method: "POST", body: Buffer.alloc(20_000_000) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "BODY_TOO_LARGE" });
  }
});

test("a chunked body is cut at the limit, and the app sees an aborted request", async () => {
  const { environment, ends } = counting();
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send(`${post("Transfer-Encoding: chunked\r\n")}8\r\n01234567\r\n`);
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  client.send("3\r\n890\r\n0\r\n\r\n");
  expect(await client.until("BODY_TOO_LARGE")).toMatch(/^HTTP\/1\.1 413 /);
  client.socket.end();
  await client.closed;
  await untilLoad(served, ({ inFlight }) => inFlight === 0);
  expect(ends).toEqual(["aborted"]);
});

test("100 Continue is sent for a body that fits, and 413 instead for one that does not", async () => {
  const { port } = await serveForTest(counting().environment);
  const fits = rawClient(port).send(post("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  await fits.until("100 Continue");
  fits.send("abc");
  await fits.until("got 3");
  const large = rawClient(port).send(post("Content-Length: 11\r\nExpect: 100-continue\r\n"));
  expect(await large.until("BODY_TOO_LARGE")).not.toContain("100 Continue");
});

test("a request without an answer in time gets 504 and its connection ends; the app sees an abort", async () => {
  let late: (() => void) | undefined;
  const closed = Promise.withResolvers<void>();
  const environment = plainEnvironment(
    (_request, response) => {
      response.on("close", () => closed.resolve());
      late = () => response.writeHead(200, { "Content-Type": "text/plain" }).end("too late");
    },
    { timeouts: { request: "100ms" } },
  );
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  const text = await client.until("REQUEST_TIMEOUT");
  expect(text).toMatch(/^HTTP\/1\.1 504 /);
  await closed.promise;
  await client.closed;
  late?.();
  expect(client.text).not.toContain("too late");
  await untilLoad(served, ({ inFlight }) => inFlight === 0);
});

test("a response that has started is not cut, and 0 switches the timeout off", async () => {
  const environment = plainEnvironment(
    (request, response) => {
      if (request.url === "/stream") response.write("first ");
      setTimeout(() => response.end("last"), 400);
    },
    { timeouts: { request: "100ms" } },
  );
  const { url } = await serveForTest(environment);
  expect(await (await fetch(`${url}/stream`)).text()).toBe("first last");
  const { url: patient } = await serveForTest(environment.cloneWith({ timeouts: { request: 0 } }));
  expect(await (await fetch(patient)).text()).toBe("last");
});

test("responses behind a slow one on the same connection are left alone until it is cut", async () => {
  const environment = plainEnvironment(
    (request, response) => {
      if (request.url === "/slow") response.write("begun");
      else response.end("quick");
    },
    { timeouts: { request: "60ms" } },
  );
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n");
  await client.until("begun");
  const { busyMs } = served.app.ingress.load();
  await untilLoad(served, (load) => load.busyMs > busyMs + 400);
  expect(client.isOpen).toBe(true);
  expect(client.text).not.toContain("504");
  client.socket.destroy();
  await untilLoad(served, ({ inFlight }) => inFlight === 0);
});
