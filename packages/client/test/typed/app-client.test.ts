import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { AppEnvError } from "@appenv/core";
import { endpointsVar } from "@appenv/core/internal";
import { expect, onTestFinished, test, vi } from "vitest";
import { AppClient } from "../../src/typed/app-client.ts";

interface Routes {
  readonly "PUT /items/{id}": {
    readonly path: { readonly id: string };
    readonly query?: { readonly tag?: readonly string[]; readonly page?: number };
    readonly headers?: { readonly "x-trace"?: string };
    readonly body?: { readonly name: string } | string | Blob;
    readonly response: { readonly method: string; readonly url: string; readonly type?: string; readonly body: string };
  };
  readonly "GET /text": { readonly response: string };
  readonly "GET /events": { readonly response: Response };
  readonly "DELETE /gone": { readonly response: undefined };
  readonly "GET /refused": { readonly response: unknown };
}

/** A client of an app that answers with what it got. */
async function startApp(): Promise<AppClient<Routes>> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const type = request.headers["content-type"];
    if (request.url === "/text") response.setHeader("content-type", "text/plain").end("plain");
    else if (request.url === "/events") response.setHeader("content-type", "text/event-stream").end("data: 1\n\n");
    else if (request.url === "/gone") response.writeHead(204).end();
    else if (request.url === "/refused") response.writeHead(422).end(`{"message":"id is wrong"}`);
    else {
      const got = { method: request.method, url: request.url, type, body: Buffer.concat(chunks).toString() };
      response.setHeader("content-type", "application/json").end(JSON.stringify(got));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv(endpointsVar, JSON.stringify({ items: endpoint }));
  onTestFinished(() => void vi.unstubAllEnvs());
  return new AppClient<Routes>("items");
}

test("a request has its path, query, headers and body where they belong", async () => {
  const app = await startApp();
  const request = { path: { id: "a/b c" }, query: { tag: ["x", "y&z"], page: 2 }, body: { name: "kettle" } };
  expect(await app.request("PUT /items/{id}", request)).toEqual({
    method: "PUT",
    url: "/items/a%2Fb%20c?tag=x&tag=y%26z&page=2",
    type: "application/json",
    body: `{"name":"kettle"}`,
  });
  const text = await app.request("PUT /items/{id}", { path: { id: "1" }, body: "a text" });
  expect(text).toMatchObject({ type: "application/json", body: `"a text"`, url: "/items/1" });
  const blob = new Blob(["bytes"], { type: "image/png" });
  const sent = await app.request("PUT /items/{id}", { path: { id: "1" }, body: blob });
  expect(sent).toMatchObject({ type: "image/png", body: "bytes" });
});

test("an answer is a value, a text, nothing or a stream, by its type", async () => {
  const app = await startApp();
  expect(await app.request("GET /text")).toBe("plain");
  expect(await app.request("DELETE /gone")).toBeUndefined();
  expect(await (await app.request("GET /events")).text()).toBe("data: 1\n\n");
});

test("an answer with an error is one, with what the app said", async () => {
  const app = await startApp();
  const failed = await app.request("GET /refused").catch((error: unknown) => error);
  expect(AppEnvError.is(failed, "CALL_FAILED")).toBe(true);
  expect(String(failed)).toContain(`'items' answered GET /refused with 422: {"message":"id is wrong"}`);
});
