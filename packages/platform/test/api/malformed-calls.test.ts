import { connect } from "node:http2";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { send, startApi, type Answer } from "../support/api.ts";

const create = "/flyteidl2.app.AppService/Create";
const list = "/flyteidl2.app.AppService/List";
const watch = "/flyteidl2.workflow.RunService/WatchRuns";
const cut = Buffer.from([255, 255, 255]);

/** An envelope of the streaming protocols. */
function envelope(message: string | Uint8Array, flag = 0, length = Buffer.from(message).length): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(message)]);
}

function post(path: string, type: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  return { method: "POST", path, headers: { ...(type === "" ? {} : { "content-type": type }), ...headers }, body };
}

function get(path: string, query: string) {
  return { method: "GET", path: `${path}?connect=v1&${query}`, headers: {} };
}

async function ask(request: ReturnType<typeof post> | ReturnType<typeof get>): Promise<Answer> {
  const { endpoint } = await startApi();
  const answer = await send(`${endpoint}${request.path}`, request);
  // The next request is served, whatever came before it.
  expect((await send(`${endpoint}/healthz`)).status).toBe(200);
  return answer;
}

test.each([
  ["JSON that ends early", post(create, "application/json", "{"), 400, "invalid_argument"],
  ["JSON of another type", post(create, "application/json", '{"app":7}'), 400, "invalid_argument"],
  ["JSON that is nested too deep", post(create, "application/json", "[".repeat(100_000)), 400, "invalid_argument"],
  ["a binary message that ends early", post(create, "application/proto", cut), 400, "invalid_argument"],
  ["the same over GET", get(list, "encoding=proto&base64=1&message=____"), 400, "invalid_argument"],
  ["no base64 over GET", get(list, "encoding=proto&base64=1&message=%21%21"), 400, "invalid_argument"],
  ["a cut base64 over GET", get(list, "encoding=proto&base64=1&message=A"), 400, "invalid_argument"],
  ["broken JSON over GET", get(list, "encoding=json&message=%7B"), 400, "invalid_argument"],
  ["no percent-encoding over GET", get(list, "encoding=json&message=%zz"), 400, "invalid_argument"],
  ["broken gzip over GET", get(list, "encoding=proto&base64=1&compression=gzip&message=AAAA"), 400, "invalid_argument"],
  ["another encoding over GET", get(list, "encoding=xml&message=x"), 415, "invalid_argument"],
  ["broken gzip", post(create, "application/proto", cut, { "content-encoding": "gzip" }), 400, "invalid_argument"],
  ["another compression", post(create, "application/proto", cut, { "content-encoding": "lzma" }), 501, "unimplemented"],
  [
    "a bomb",
    post(create, "application/proto", gzipSync(Buffer.alloc(20_000_000)), { "content-encoding": "gzip" }),
    429,
    "resource_exhausted",
  ],
  ["another content type", post(create, "text/plain", "x"), 415, "invalid_argument"],
  ["no content type", post(create, "", "x"), 415, "invalid_argument"],
  ["a stream's content type", post(list, "application/connect+json", envelope("{}")), 415, "invalid_argument"],
  ["a message's content type for a stream", post(watch, "application/json", "{}"), 415, "invalid_argument"],
  [
    "a time-out that is none",
    post(list, "application/json", "{}", { "connect-timeout-ms": "soon" }),
    400,
    "invalid_argument",
  ],
  ["GET of what changes something", get(create, "encoding=json&message=%7B%7D"), 405, "unimplemented"],
  ["another HTTP method", { ...post(list, "application/json", "{}"), method: "PUT" }, 405, "unimplemented"],
  ["another method", post("/flyteidl2.app.AppService/Nope", "application/json", "{}"), 501, "unimplemented"],
  [
    "another method of secrets",
    post("/flyteidl2.secret.SecretService/Nope", "application/json", "{}"),
    501,
    "unimplemented",
  ],
  ["another service of Flyte", post("/flyteidl2.nope.NopeService/Nope", "application/proto", ""), 501, "unimplemented"],
  ["another service", post("/acme.v1.OtherService/Nope", "application/json", "{}"), 501, "unimplemented"],
  ["another service over GET", get("/acme.v1.OtherService/Nope", "encoding=json&message=%7B%7D"), 501, "unimplemented"],
])("Connect: %s", async (_, request, status, code) => {
  const answer = await ask(request);
  expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/json"]);
  expect(JSON.parse(answer.body)).toMatchObject({ code, message: expect.stringMatching(/./) });
});

test("refusals by a status name the accepted methods and content types", async () => {
  const wrongType = await ask(post(watch, "application/json", "{}"));
  expect(wrongType.headers["accept-post"]).toBe("application/connect+json, application/connect+proto");
  expect((await ask(get(create, "encoding=json&message=%7B%7D"))).headers.allow).toBe("POST");
});

test.each([
  ["a message that cannot be read", watch, "proto", envelope(cut), "invalid_argument"],
  ["JSON that ends early", watch, "json", envelope("{"), "invalid_argument"],
  ["an envelope that is cut off", watch, "json", envelope("{}", 0, 100), "invalid_argument"],
  ["an envelope that is too large", watch, "json", envelope("{}", 0, 0xffff_ffff), "resource_exhausted"],
  ["garbage behind the message", watch, "json", Buffer.concat([envelope("{}"), Buffer.from("xx")]), "invalid_argument"],
  ["no message", watch, "json", "", "unimplemented"],
  ["another service", "/acme.v1.OtherService/Nope", "json", envelope("{}"), "unimplemented"],
])("a stream of Connect: %s", async (_, path, encoding, body, code) => {
  const answer = await ask(post(path, `application/connect+${encoding}`, body));
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, `application/connect+${encoding}`]);
  expect(answer.body.charCodeAt(0)).toBe(2);
  expect(JSON.parse(answer.body.slice(answer.body.indexOf("{")))).toMatchObject({ error: { code } });
});

test.each([
  ["a message that cannot be read", list, envelope(cut), 3],
  ["garbage behind the message", list, Buffer.concat([envelope(""), Buffer.from("xx")]), 3],
  ["another service", "/acme.v1.OtherService/Nope", envelope(""), 12],
])("gRPC-Web: %s", async (_, path, body, code) => {
  const answer = await ask(post(path, "application/grpc-web+proto", body));
  expect(answer.status).toBe(200);
  const inBody = /grpc-status: (\d+)/.exec(answer.body)?.[1];
  expect(answer.headers["grpc-status"] ?? inBody).toBe(String(code));
});

test.each([
  ["a message that cannot be read", list, envelope(cut), 3],
  ["another method", "/flyteidl2.app.AppService/Nope", envelope(""), 12],
  ["another service", "/acme.v1.OtherService/Nope", envelope(""), 12],
])("gRPC over HTTP/2: %s", async (_, path, body, code) => {
  const { endpoint } = await startApi();
  const session = connect(endpoint);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":path": path,
    ":method": "POST",
    "content-type": "application/grpc",
    te: "trailers",
  });
  let status: unknown;
  for (const event of ["response", "trailers"] as const) {
    stream.on(event, (headers: Record<string, unknown>) => (status ??= headers["grpc-status"]));
  }
  stream.resume().end(body);
  await new Promise((resolve) => stream.once("close", resolve));
  expect(status).toBe(String(code));
});

test("a page that is not there is text, for people", async () => {
  for (const path of ["/nope", "/acme.v1.OtherService/Nope", "/v2/nope/"]) {
    const answer = await ask({ method: "GET", path, headers: {} });
    expect([answer.status, answer.headers["content-type"]]).toEqual([404, "text/plain; charset=utf-8"]);
  }
});
