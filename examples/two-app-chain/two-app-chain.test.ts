import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("one app asks the other, which answers nobody else", async () => {
  const { endpoint, run } = await serveExample(new URL("frontend.ts", import.meta.url));
  const response = await fetch(`${endpoint}/sum-of-squares?a=3&b=4`);
  expect(await response.json()).toEqual({ result: 25 });
  expect((await fetch(`${endpoint}/sum-of-squares?a=three&b=4`)).status).toBe(400);

  const apps = JSON.parse(await run("get", "app", "--json")) as { name: string; endpoint: string }[];
  expect(apps.map(({ name }) => name).toSorted()).toEqual(["chain-backend", "chain-frontend"]);
  const backend = apps.find(({ name }) => name === "chain-backend");
  expect((await fetch(`${backend?.endpoint}/squares/3`)).status).toBe(401);
});
