import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";

const file = new URL("hello-hono.ts", import.meta.url);

test("hello-hono answers, tells that it is healthy and describes its API", async () => {
  const { endpoint, stop } = await serveExample(file);
  const answer = await fetch(endpoint);
  expect(await answer.json()).toEqual({ message: "Hello, World!" });

  expect(await (await fetch(`${endpoint}/health`)).json()).toEqual({ status: "healthy" });
  const document = await (await fetch(`${endpoint}/openapi.json`)).json();
  expect(document).toMatchObject({
    info: { title: "hello-hono", description: "A simple service" },
    paths: { "/": { get: { responses: { 200: {} } } } },
  });

  expect(await stop()).toBe(0);
});
