import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("app.ts", import.meta.url);

test("a sender with the secret starts a run; without a secret the app is not served", async () => {
  const cli = commandLine();
  await cli.up();
  const refused = await cli.run("serve", file, "env", "--json");
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stderr)).toMatchObject({
    error: { code: "MISSING_SECRET", message: expect.stringContaining("webhook-api-key") },
  });

  const value = join(cli.home, "value.txt");
  writeFileSync(value, "test-api-key");
  await cli.json("create", "secret", "webhook-api-key", "--from-file", value);
  const { endpoint } = await cli.json<{ endpoint: string }>("serve", file, "env");
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${endpoint}/greet/Ada`, { method: "POST", headers });
  const started = await post({ authorization: "Bearer test-api-key" });
  expect(started.status).toBe(202);
  const { id } = (await started.json()) as { id: string };
  await expect.poll(() => cli.json("get", "run", id)).toMatchObject({ phase: "SUCCEEDED" });
  expect(await cli.json("get", "io", id)).toMatchObject({ output: "Hello, Ada!" });
  for (const key of ["wrong", "test-api-ke", "test-api-key1", ""]) {
    expect((await post({ authorization: `Bearer ${key}` })).status).toBeGreaterThanOrEqual(400);
  }
  expect((await post({})).status).toBe(401);
  expect(await cli.json("get", "run")).toHaveLength(1);
});
