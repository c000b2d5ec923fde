import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AppEnvironment } from "@appenv/core";
import { rememberServed } from "@appenv/core/internal";
import { expect, onTestFinished, test } from "vitest";
import { createProxy } from "../../src/http/traffic/proxy.ts";
import { get, plainEnvironment, rawClient, serveForTest, untilLoad } from "../helpers.ts";

/** A server that keeps what it is asked. */
async function recording() {
  const seen: { url: string; body: string; headers: NodeJS.Dict<string | string[]> }[] = [];
  const inner = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray().catch(() => [])).toString("latin1");
    seen.push({ url: request.url ?? "", body, headers: request.headers });
    response.end("answered");
  });
  inner.listen(0, "127.0.0.1");
  await once(inner, "listening");
  onTestFinished(() => {
    inner.closeAllConnections();
    inner.close();
  });
  const { port } = inner.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, innerPort: port, seen };
}

/** An app that passes everything on to another server, and what that saw. */
async function chain() {
  const { innerPort, seen } = await recording();
  const proxy = createProxy(innerPort);
  const environment = plainEnvironment((request, response) => proxy.request(request, response), { requiresAuth: true });
  return { ...(await serveForTest(environment)), seen };
}

const key = "x-api-key: secret-key\r\n";
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

test.each([
  ["two lengths that are the same", `Content-Length: 5\r\nContent-Length: 5\r\n`, "abcde"],
  ["a list of lengths", "Content-Length: 5, 5\r\n", "abcde"],
  ["a length with a sign", "Content-Length: +5\r\n", "abcde"],
  ["a negative length", "Content-Length: -1\r\n", ""],
  ["a length that is no number", "Content-Length: 5x\r\n", "abcde"],
  ["a length in hex", "Content-Length: 0x5\r\n", "abcde"],
  ["a length beyond all numbers", "Content-Length: 99999999999999999999999\r\n", ""],
  ["a space before the colon", "Content-Length : 5\r\n", "abcde"],
  ["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"],
  ["a length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"],
  ["chunks, with a space before the colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"],
  ["chunks that are not last", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"],
  ["chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"],
  ["an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"],
  ["a coding behind a control character", "Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n"],
  ["a folded header", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"],
  ["a chunk with a wrong size", "Transfer-Encoding: chunked\r\n", "5x\r\nabcde\r\n0\r\n\r\n"],
  ["a chunk with a huge size", "Transfer-Encoding: chunked\r\n", "10000000000000005\r\nabcde\r\n0\r\n\r\n"],
  ["a chunk that is longer than it says", "Transfer-Encoding: chunked\r\n", "1\r\nabcde\r\n0\r\n\r\n"],
  ["lines that end with LF alone", "X: a\nContent-Length: 5\r\n", "abcde"],
  ["a bare CR in a header", "X: a\rContent-Length: 5\r\n", ""],
  ["a NUL in a header", "X: a\u0000b\r\n", ""],
  ["a NUL in a header's name", "X\u0000Y: a\r\n", ""],
])(
  "a request of which two servers could think differently is refused, or is one to both: %s",
  async (_, headers, body) => {
    const served = await chain();
    const client = rawClient(served.port).send(
      `POST /first HTTP/1.1\r\nHost: test\r\n${key}${headers}\r\n${body}${smuggled}`,
    );
    client.socket.end();
    await client.closed;
    expect(client.text).toMatch(/^HTTP\/1\.1 (400|200|401) /);
    // Another request comes behind it, without a key.
    expect(served.seen.map(({ url }) => url).filter((url) => url !== "/first")).toEqual([]);
    expect(served.seen.length + Number(client.text.startsWith("HTTP/1.1 400"))).toBe(1);
    await untilLoad(served, ({ inFlight, connections }) => inFlight === 0 && connections === 0);
  },
);

test("an accepted request is passed on with its body, and the connection inside is used again", async () => {
  const { port, seen } = await chain();
  const client = rawClient(port);
  client.send(`POST /1 HTTP/1.1\r\nHost: test\r\n${key}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`);
  await client.until("answered");
  client.received = Buffer.alloc(0);
  const size = smuggled.length.toString(16);
  client.send(
    `POST /2 HTTP/1.1\r\nHost: test\r\n${key}Transfer-Encoding: chunked\r\n\r\n${size}\r\n${smuggled}\r\n0\r\n\r\n`,
  );
  await client.until("answered");
  client.received = Buffer.alloc(0);
  client.send(get("/3", key));
  await client.until("answered");
  expect(seen.map(({ url, body }) => [url, body])).toEqual([
    ["/1", smuggled],
    ["/2", smuggled],
    ["/3", ""],
  ]);
});

test("headers of one connection are not passed on, and a request can neither forge where it comes from nor lose its length", async () => {
  const { port, seen } = await chain();
  const forged = [
    "X-Forwarded-For: 1.2.3.4, other",
    "X-Forwarded-For: %0d%0aX-Injected: 1",
    "Connection: content-length, transfer-encoding, x-forwarded-for, keep-alive",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "TE: trailers",
  ];
  const head = `POST / HTTP/1.1\r\nHost: test\r\n${key}${forged.join("\r\n")}\r\n`;
  await rawClient(port).send(`${head}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`).until("answered");
  expect(seen.map(({ url, body }) => [url, body])).toEqual([["/", smuggled]]);
  const { "x-forwarded-for": from, ...headers } = seen[0]?.headers ?? {};
  expect(from).toBe("1.2.3.4, other, %0d%0aX-Injected: 1, 127.0.0.1");
  const lost = ["x-injected", "keep-alive", "proxy-connection", "te"].filter((name) => name in headers);
  expect(lost).toEqual([]);
});

test.each([
  ["a trace that is none", "traceparent: 00-x\r\ntracestate: a=1\r\n", false],
  ["a trace that goes on", `traceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-01%0d%0aX-Injected: 1\r\n`, false],
  ["two traces", `traceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-01\r\ntraceparent: 00-x\r\n`, false],
  [
    "a state that is no text",
    `traceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-01\r\ntracestate: \u00ff\u0080=%00\r\n`,
    true,
  ],
  [
    "a huge state",
    `traceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-01\r\ntracestate: ${"a=b,".repeat(3_000)}\r\n`,
    true,
  ],
])("the calls of an app are not harmed by %s", async (_, headers, goesOn) => {
  const { url, seen } = await recording();
  const back = new AppEnvironment({ name: "back" });
  onTestFinished(rememberServed(back, { endpoint: url }));
  const front = plainEnvironment(
    async (_request, response) => void response.end(await (await back.fetch("/")).text()),
    {
      dependsOn: [back],
    },
  );
  const { port } = await serveForTest(front);
  await rawClient(port).send(get("/", headers)).until("answered");
  const received = seen[0]?.headers ?? {};
  expect(received["traceparent"]).toBe(goesOn ? `00-${"a".repeat(32)}-${"b".repeat(16)}-01` : undefined);
  expect("tracestate" in received).toBe(goesOn);
  expect(received).not.toHaveProperty("x-injected");
});
