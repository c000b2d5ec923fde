import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";

const file = new URL("hello-app.ts", import.meta.url);

test("hello-app answers, tells that it is healthy and describes its API", async () => {
  const { endpoint, run, stop } = await serveExample(file);
  const answer = await fetch(endpoint);
  expect(await answer.json()).toEqual({ message: "Hello, World!" });

  expect(await (await fetch(`${endpoint}/health`)).json()).toEqual({ status: "healthy" });
  const document: any = await (await fetch(`${endpoint}/openapi.json`)).json();
  expect(document).toMatchObject({ info: { title: "hello-app", description: "A simple service" } });
  expect(document.paths["/"].get.responses["200"]).toBeDefined();
  expect((await fetch(`${endpoint}/docs`)).headers.get("content-type")).toContain("text/html");

  expect(JSON.parse(await run("get", "app", "hello-app", "--json"))).toMatchObject({ phase: "ACTIVE", endpoint });
  expect(await stop()).toBe(0);
});
