import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("the answer has what the task gave, or says that it failed", async () => {
  const { endpoint } = await serveExample(new URL("app.ts", import.meta.url), "env");
  const post = async (x: unknown): Promise<{ status: number; body: unknown }> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${endpoint}/run-and-wait`, { method: "POST", headers, body: JSON.stringify({ x }) });
    return { status: response.status, body: await response.json() };
  };
  const shown = { run_id: expect.any(String), url: expect.stringContaining("/runs/") };
  expect(await post(7)).toEqual({ status: 200, body: { ...shown, status: "completed", outputs: 49 } });
  expect(await post(1e9)).toEqual({ status: 502, body: { ...shown, status: "failed", outputs: null } });
  expect((await post("seven")).status).toBe(400);
});
