import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { create } from "@bufbuild/protobuf";
import { createClient, type Client } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { AppRequestService, SendRequestRequestSchema, type SendRequestResponse } from "@appenv/protocol";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { sendRequest } from "../../src/api/app-request/send-request.ts";
import { targetOf, type RequestTarget } from "../../src/api/app-request/target.ts";
import { owner } from "../../src/api/access/principal.ts";
import { FakeController } from "../support/fake-controller.ts";
import { appId, definition } from "../support/app.ts";
import { appInit, bearer, startApi, type ApiFixture } from "../support/api.ts";

const app = appId("shop");
/** Credentials and the addressee that an app was sent. */
const own = { "x-appenv-app": "shop" };

/** A server in the place of an app. */
async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Shop extends ApiFixture {
  readonly requests: Client<typeof AppRequestService>;
}

async function openShop(endpoint: string): Promise<Shop> {
  const api = await startApi();
  await api.apps.create({ app: appInit(app) });
  api.controller.change(app, { endpoint });
  return { ...api, requests: createClient(AppRequestService, api.transport) };
}

async function read(
  stream: AsyncIterable<SendRequestResponse>,
): Promise<{ status: number; body: string; cut: string }> {
  let status = 0;
  let body = "";
  let cut = "";
  for await (const { event } of stream) {
    if (event.case === "head") ({ status } = event.value);
    if (event.case === "chunk") body += Buffer.from(event.value).toString();
    if (event.case === "end") ({ cut } = event.value);
  }
  return { status, body, cut };
}

async function refusal(stream: AsyncIterable<unknown>): Promise<string> {
  try {
    for await (const _ of stream) continue;
    return "answered";
  } catch (error) {
    const { metadata, rawMessage } = error as { metadata: Headers; rawMessage: string };
    return `${metadata.get("appenv-error-code")} ${rawMessage}`;
  }
}

let asked: readonly string[] = [];
beforeAll(() => void (asked = []));

test("a request reaches the app and no other, as it was asked for; redirects are shown and not followed", async () => {
  const elsewhere = await listen((request, response) => {
    asked = [...asked, request.url ?? ""];
    response.end();
  });
  const endpoint = await listen(async (request, response) => {
    if (request.url === "/away") return void response.writeHead(307, { location: elsewhere }).end("go");
    const { "x-fruit": fruit, "x-appenv-app": addressee, host, cookie } = request.headers;
    response.setHeader("content-type", "application/json");
    const { method, url } = request;
    response.end(JSON.stringify({ method, url, fruit, addressee, host, cookie, body: await text(request) }));
  });
  const { requests, home } = await openShop(endpoint);
  const send = (changes: object): AsyncIterable<SendRequestResponse> =>
    requests.sendRequest({ app, method: "GET", path: "/", ...changes });
  const headers = [{ name: "X-Fruit", value: "pear" }];
  const sold = await read(send({ method: "POST", path: "/sell?secret=s3cret", headers, body: Buffer.from("ten") }));
  expect([sold.status, JSON.parse(sold.body)]).toEqual([
    200,
    {
      method: "POST",
      url: "/sell?secret=s3cret",
      fruit: "pear",
      addressee: "shop",
      host: new URL(endpoint).host,
      body: "ten",
    },
  ]);
  expect(await read(send({ path: "/away" }))).toEqual({ status: 307, body: "go", cut: "" });
  expect(asked).toEqual([]);
  expect(await refusal(send({ path: `${elsewhere}/x` }))).toMatch(/^INVALID_OPTION The path/);
  expect(await refusal(send({ path: "/a b\r\nhost: x" }))).toMatch(/^INVALID_OPTION The path/);
  expect(await refusal(send({ method: "CONNECT" }))).toMatch(/^INVALID_OPTION There is no method 'CONNECT'/);
  for (const name of ["Host", "X-AppEnv-App", "Transfer-Encoding", "X-Forwarded-For"]) {
    expect(await refusal(send({ headers: [{ name, value: "x" }] }))).toMatch(/^INVALID_OPTION The header/);
  }
  expect(await refusal(send({ headers: [{ name: "x", value: "a\r\nb" }] }))).toMatch(/^INVALID_OPTION The header/);
  expect(await refusal(send({ app: appId("other") }))).toMatch(/^NOT_FOUND There is no app 'other'/);
  expect(await refusal(send({ body: new Uint8Array(1024 * 1024 + 1) }))).toMatch(/^PAYLOAD_TOO_LARGE/);
  const log = readFileSync(join(home, "logs/audit.log"), "utf8");
  expect(log).toMatch(/ appenv\.v1\.AppRequestService\/SendRequest flytesnacks\/development\/shop ok$/m);
  expect(log).not.toContain("s3cret");
});

test("an app that does not listen is sent nothing: its port may be somebody else's", async () => {
  const { requests, controller } = await openShop(await listen((_, response) => void response.end("of another")));
  controller.change(app, { isListening: false });
  const refused = await refusal(requests.sendRequest({ app, method: "GET", path: "/" }));
  expect(refused).toBe("UNREACHABLE The app 'shop' does not listen.");
});

test("only admins send requests: a viewer and an app are refused", async () => {
  const { endpoint, keys, appTokens } = await openShop(await listen((_, response) => void response.end()));
  const { key } = await keys.createApiKey({ name: "wall", role: "viewer" });
  const token = appTokens.issue({ subject: "app:shop", project: app.project, domain: app.domain });
  for (const credential of [key, token]) {
    const interceptors = [bearer(credential)];
    const transport = createConnectTransport({ baseUrl: endpoint, httpVersion: "1.1", interceptors });
    const requests = createClient(AppRequestService, transport);
    expect(await refusal(requests.sendRequest({ app, method: "GET", path: "/" }))).toMatch(/^PERMISSION_DENIED/);
    expect(await refusal(requests.openSocket({ app, path: "/" }))).toMatch(/^PERMISSION_DENIED/);
    await expect(requests.getDocuments({ app })).rejects.toThrow("may not call");
  }
});

test("an event stream is told as it comes, and ends for the app when its reader goes", async () => {
  const streams: ServerResponse[] = [];
  const endpoint = await listen((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: one\n\n");
    streams.push(response);
  });
  const { requests } = await openShop(endpoint);
  const stop = new AbortController();
  const stream = requests.sendRequest({ app, method: "GET", path: "/events" }, { signal: stop.signal });
  const events = stream[Symbol.asyncIterator]();
  expect((await events.next()).value?.event).toMatchObject({ case: "head", value: { status: 200 } });
  expect(Buffer.from((await events.next()).value?.event.value as Uint8Array).toString()).toBe("data: one\n\n");
  streams[0]!.write("data: two\n\n");
  expect(Buffer.from((await events.next()).value?.event.value as Uint8Array).toString()).toBe("data: two\n\n");
  const gone = once(streams[0]!, "close");
  stop.abort();
  await gone;
});

test("a long response is cut, one that breaks off says so, and one that does not come is an error", async () => {
  const endpoint = await listen((request, response) => {
    if (request.url === "/long") return void response.end("x".repeat(5_000));
    if (request.url === "/never") return void request.socket.destroy();
    response.writeHead(200, { "content-length": "100" });
    response.write("some", () => request.socket.destroy());
  });
  const { hostname: host, port } = new URL(endpoint);
  const target: RequestTarget = { name: "shop", host, port: Number(port), headers: own };
  const send = (path: string): AsyncIterable<SendRequestResponse> =>
    sendRequest(target, create(SendRequestRequestSchema, { method: "GET", path }), new AbortController().signal, {
      bodyBytes: 0,
      responseBytes: 1_000,
      ms: 60_000,
    }) as AsyncIterable<SendRequestResponse>;
  expect(await read(send("/long"))).toEqual({
    status: 200,
    body: "x".repeat(1_000),
    cut: expect.stringContaining("1000"),
  });
  expect(await read(send("/part"))).toMatchObject({ body: "some", cut: expect.stringMatching(/^It ended early: /) });
  await expect(read(send("/never"))).rejects.toMatchObject({ code: "UNREACHABLE" });
});

test("an app that requires credentials gets the platform's own token, unless the sender gives another", async () => {
  const controller = new FakeController();
  await controller.apply(app, definition({ requiresAuth: true }));
  const tokens = {
    issue: (subject: string, { name }: { name: string }) => ({ token: `${subject}@${name}`, expiresAt: 0 }),
  };
  const { headers } = targetOf({ $typeName: "appenv.v1.AppName", ...app }, owner, { controller, tokens } as never);
  expect(headers).toEqual({ ...own, authorization: expect.stringMatching(/^Bearer user:.+@shop$/) });
});

test("documents of an app are read if they are documents", async () => {
  const document = { openapi: "3.1.0", paths: {} };
  const { requests } = await openShop(
    await listen(
      ({ url }, response) => void response.end(url === "/openapi.json" ? JSON.stringify(document) : "<html>"),
    ),
  );
  expect(await requests.getDocuments({ app })).toMatchObject({ openapi: JSON.stringify(document), asyncapi: "" });
});

test("a socket is opened, spoken on by its opener alone, and closed with its page", async () => {
  const endpoint = await listen((_, response) => void response.writeHead(404).end());
  const api = await openShop(endpoint);
  const { requests } = api;
  const sockets = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => void sockets.close());
  await once(sockets, "listening");
  sockets.on("connection", (socket, { headers }) => {
    socket.send(JSON.stringify({ addressee: headers["x-appenv-app"], origin: headers.origin }));
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const refused = requests.openSocket({ app, path: "/none" })[Symbol.asyncIterator]();
  const { value: answer } = await refused.next();
  expect(answer?.event).toMatchObject({ case: "closed", value: { reason: "The app answered with status 404." } });

  api.controller.change(app, { endpoint: `http://127.0.0.1:${(sockets.address() as AddressInfo).port}` });
  const stop = new AbortController();
  const events = requests.openSocket({ app, path: "/chat" }, { signal: stop.signal })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => (await events.next()).value?.event;
  const { socket } = ((await next()) as { value: { socket: string } }).value;
  expect(await next()).toMatchObject({ value: { content: { case: "text", value: '{"addressee":"shop"}' } } });
  await requests.sendToSocket({ socket, message: { content: { case: "text", value: "hello" } } });
  expect(await next()).toMatchObject({ case: "message", value: { content: { value: "hello" } } });
  await requests.sendToSocket({ socket, message: { content: { case: "binary", value: Buffer.from([1]) } } });
  expect(await next()).toMatchObject({ value: { content: { case: "binary", value: new Uint8Array([1]) } } });

  const { key } = await api.keys.createApiKey({ name: "other", role: "admin" });
  const transport = createConnectTransport({ baseUrl: api.endpoint, httpVersion: "1.1", interceptors: [bearer(key)] });
  await expect(createClient(AppRequestService, transport).closeSocket({ socket })).rejects.toThrow("not open");
  const [accepted] = sockets.clients;
  const closed = once(accepted!, "close");
  stop.abort();
  expect((await closed)[0]).toBe(1001);
  await expect
    .poll(() => requests.closeSocket({ socket }).catch((error: Error) => error.message))
    .toContain("not open");
});
