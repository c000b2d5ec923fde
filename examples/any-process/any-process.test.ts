import { serveExample, systemProgram } from "@appenv-internal/conformance";
import { expect, test } from "vitest";

const file = new URL("any-process.ts", import.meta.url);
const python = systemProgram("python3");

test("a Node script is served as it is, with health beside it", async () => {
  const { endpoint, run, stop } = await serveExample(file, "node");
  expect(await (await fetch(`${endpoint}/some/path?a=1`)).json()).toEqual({
    language: "JavaScript",
    path: "/some/path?a=1",
  });
  expect((await fetch(`${endpoint}/health`)).status).toBe(200);
  expect(JSON.parse(await run("get", "app", "any-node", "--json"))).toMatchObject({ phase: "ACTIVE" });
  expect(await stop()).toBe(0);
});

test.skipIf(python.missing)("so is a Python script", async () => {
  const { endpoint, stop } = await serveExample(file, "python");
  expect(await (await fetch(`${endpoint}/`)).json()).toEqual({ language: "Python", path: "/" });
  expect(await stop()).toBe(0);
});
