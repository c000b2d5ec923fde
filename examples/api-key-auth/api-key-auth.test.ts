import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("a caller with a key is answered, until the key is revoked", async () => {
  const { endpoint, run } = await serveExample(new URL("app.ts", import.meta.url));
  expect((await fetch(endpoint)).status).toBe(401);
  const made = JSON.parse(await run("create", "api-key", "mine", "--json")) as { id: string; key: string };
  const headers = { authorization: `Bearer ${made.key}` };
  expect(await (await fetch(endpoint, { headers })).json()).toEqual({ message: "Hello, key holder!" });
  expect(await (await fetch(`${endpoint}/me`, { headers })).json()).toEqual({ kind: "api-key" });
  expect((await fetch(endpoint, { headers: { authorization: "Bearer aek_wrong" } })).status).toBe(401);
  await run("delete", "api-key", made.id);
  await expect.poll(async () => (await fetch(endpoint, { headers })).status).toBe(401);
});
