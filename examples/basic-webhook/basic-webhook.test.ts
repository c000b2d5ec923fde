import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("the curl call of the README starts the task and answers as shown there", async () => {
  vi.stubEnv("WEBHOOK_API_KEY", "test-api-key");
  const { endpoint, run } = await serveExample(new URL("app.ts", import.meta.url), "env");
  const post = (name: string, version: string, body: unknown, key = "test-api-key"): Promise<Response> =>
    fetch(`${endpoint}/run-task/flytesnacks/development/${name}/${version}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  const answer = await post("webhook-tasks.my_task", "latest", { input_key: "input_value" });
  const body = (await answer.json()) as { url: string; id: string; status: string };
  expect(body).toEqual({ url: expect.stringContaining("/runs/"), id: expect.any(String), status: "started" });
  const shown = async (): Promise<unknown> => JSON.parse(await run("get", "run", body.id, "--json"));
  await expect.poll(shown).toMatchObject({ phase: "SUCCEEDED" });
  expect(JSON.parse(await run("get", "io", body.id, "--json"))).toMatchObject({ output: "processed input_value" });

  const { version } = (await shown()) as { version: string };
  expect((await post("webhook-tasks.my_task", version, { input_key: "x" })).status).toBe(200);
  expect((await post("webhook-tasks.my_task", "v1", { input_key: "x" })).status).toBe(404);
  expect((await post("webhook-tasks.my_task", "latest", { input_key: 1 })).status).toBe(400);
  const noObject = await post("webhook-tasks.my_task", "latest", null);
  expect([noObject.status, await noObject.json()]).toEqual([400, { detail: expect.stringContaining("record") }]);
  for (const key of ["wrong", "test-api-ke", "test-api-key1"]) {
    const refused = await post("webhook-tasks.my_task", "latest", {}, key);
    expect([refused.status, await refused.json()]).toEqual([403, { detail: "Invalid API key" }]);
  }
});
