import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("the frontend asks the backend, which answers nobody without credentials", async () => {
  const { endpoint, run } = await serveExample(new URL("app.ts", import.meta.url), "frontend");
  const response = await fetch(`${endpoint}/greet/Ada`);
  expect(await response.json()).toEqual({ message: "Hello, Ada!" });

  const apps = JSON.parse(await run("get", "app", "--json")) as { name: string; endpoint: string }[];
  const backend = apps.find(({ name }) => name === "greetings");
  expect((await fetch(`${backend?.endpoint}/greeting/Ada`)).status).toBe(401);

  await run("deactivate", "greetings");
  // A connection that is open may get one more answer.
  await expect.poll(async () => (await fetch(`${endpoint}/greet/Ada`)).status).toBe(502);
  const failed = await fetch(`${endpoint}/greet/Ada`);
  expect(await failed.json()).toEqual({ detail: expect.stringContaining("greetings") });
  await run("activate", "greetings");
  expect((await fetch(`${endpoint}/greet/Ada`)).status).toBe(200);
});
