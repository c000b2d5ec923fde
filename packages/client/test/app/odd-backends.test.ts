import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { startFront, type Front } from "@appenv-internal/conformance/flyte-backend/cut";
import type { ServeOptions } from "@appenv/core";
import { type AppMessage, ConditionSchema } from "@appenv/protocol";
import { create, type Message } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { App } from "../../src/app/app.ts";
import { serve } from "../../src/serve/serve.ts";
import { environment } from "../support/environment.ts";
import { errorOf } from "../support/error-of.ts";

const script = `require("node:http").createServer((_, response) => response.end("here"))
  .listen(process.env.PORT, () => console.log("listening"));
  process.on("SIGTERM", () => process.exit(0));`;

function serveAt(endpoint: string, name: string, options: ServeOptions = {}): Promise<App> {
  const app = environment({ name, image: "node:24", command: ["node", "-e", script] });
  return serve(app, { endpoint, ...options });
}

function creates(): number {
  return front.requests.filter((request) => request.endsWith("AppService/Create")).length;
}

let backend: FlyteBackend;
let front: Front;

beforeAll(async () => {
  backend = await startFlyteBackend();
  front = await startFront(backend.endpoint);
});
afterAll(async () => {
  await front.close();
  await backend.close();
});

/** A field, in bytes, that no message of today has. */
const unknown = [{ no: 900, wireType: 0, data: new Uint8Array([1]) }];

/** Adds to each answer what a newer backend may say. */
const newer: Interceptor = (next) => async (request) => {
  const answer = await next(request);
  if (answer.stream) return { ...answer, message: withNews(answer.message) };
  addNews(answer.message);
  return answer;
};

async function* withNews(messages: AsyncIterable<Message>): AsyncGenerator<Message> {
  for await (const message of messages) {
    // An event, or a part of a log, of a kind that is not known.
    yield {
      $typeName: message.$typeName,
      event: { case: undefined },
      resp: { case: undefined },
      $unknown: unknown,
    } as Message;
    addNews(message);
    yield message;
  }
}

function addNews(message: Message): void {
  message.$unknown = unknown;
  const { app, apps = [], event } = message as { app?: AppMessage; apps?: AppMessage[]; event?: { value?: object } };
  const { app: created, updatedApp } = (event?.value ?? {}) as Record<"app" | "updatedApp", AppMessage | undefined>;
  for (const each of [app, created, updatedApp, ...apps]) {
    each?.status?.conditions.push(create(ConditionSchema, { deploymentStatus: 99 as never, message: "news" }));
  }
}

test("a newer backend: what is not known is passed over", async () => {
  const newerBackend = await startFlyteBackend({ interceptors: [newer] });
  onTestFinished(() => newerBackend.close());
  const { endpoint } = newerBackend;
  const app = await serveAt(endpoint, "modern");
  expect([await (await fetch(app.endpoint)).text(), app.status.phase]).toEqual(["here", "ACTIVE"]);
  expect((await App.list({ endpoint })).map(({ status }) => status.phase)).toEqual(["ACTIVE"]);
  const lines: string[] = [];
  for await (const { message } of app.logs()) lines.push(message);
  expect(lines).toEqual(["listening"]);
  newerBackend.knative.hold();
  const error = await errorOf(serveAt(endpoint, "unheard-of", { activateTimeout: "500ms" }));
  expect([error.code, error.message]).toEqual(["START_TIMEOUT", expect.stringContaining("it is UNSPECIFIED: news")]);
});

test("a backend that falls silent after the app was made: the wait ends in its time", async () => {
  const talk = front.always("AppService/Watch", { kind: "stalled" });
  const error = await errorOf(serveAt(front.endpoint, "silenced", { activateTimeout: "500ms" }));
  talk();
  expect([error.code, error.message]).toEqual(["START_TIMEOUT", expect.stringContaining("nothing was heard of it")]);
});

test("a backend that falls silent while the app is made: the call ends in its time, and is not made again", async () => {
  vi.stubEnv("APPENV_CALL_TIMEOUT", "300ms");
  onTestFinished(() => void vi.unstubAllEnvs());
  const before = creates();
  const talk = front.always("AppService/Create", { kind: "stalled" });
  const error = await errorOf(serveAt(front.endpoint, "unmade"));
  talk();
  expect([error.code, error.message]).toEqual(["UNREACHABLE", expect.stringContaining("nothing came in time")]);
  expect(creates()).toBe(before + 1);
});

test("a slow backend, and one that is killed in the middle and comes back: the wait goes on", async () => {
  const hurry = front.always("", { kind: "slow", ms: 100 });
  backend.knative.hold();
  const served = serveAt(front.endpoint, "patient");
  await once(backend.knative, "created");
  hurry();
  await front.down();
  backend.knative.release();
  await front.up();
  expect(await (await fetch((await served).endpoint)).text()).toBe("here");
});

test("a web server is refused before anything is sent to it", async () => {
  const seen: string[] = [];
  const server = createServer(({ url }, response) => {
    seen.push(url ?? "");
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Log in</h1>");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect((await errorOf(serveAt(endpoint, "nowhere"))).code).toBe("NOT_FLYTE");
  expect(seen.filter((url) => url.includes("AppService/Create"))).toEqual([]);
});
