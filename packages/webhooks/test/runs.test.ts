import { createHmac } from "node:crypto";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("a delivery starts its runs once, by their parts, with its id as label, in an app that needs a key", async () => {
  vi.stubEnv("RUNS_SECRET", "s3cret");
  const { endpoint, run } = await serveExample(new URL("fixtures/runs.ts", import.meta.url), "env");
  const send = async (payload: Readonly<Record<string, string>>): Promise<{ status: number; body: unknown }> => {
    const body = JSON.stringify(payload);
    const signature = createHmac("sha256", "s3cret").update(body).digest("hex");
    const headers = { "content-type": "application/json", "x-sign": signature };
    const response = await fetch(`${endpoint}/webhooks/runs`, { method: "POST", headers, body });
    return { status: response.status, body: await response.json() };
  };
  const output = async (name: string): Promise<unknown> => {
    const shown = async (): Promise<unknown> => JSON.parse(await run("get", "run", name, "--json"));
    await expect.poll(shown).toMatchObject({ phase: "SUCCEEDED" });
    return (JSON.parse(await run("get", "io", name, "--json")) as { output: unknown }).output;
  };
  const shown = { name: expect.any(String), url: expect.stringContaining("/runs/") };

  const two = await send({ id: "d-1", how: "two", text: "hi" });
  expect(two).toEqual({ status: 202, body: { run: shown, runs: [shown, shown] } });
  const [first, second] = (two.body as { runs: { name: string }[] }).runs.map(({ name }) => name);
  expect([await output(first ?? ""), await output(second ?? "")]).toEqual(["HI", "HI!"]);
  expect(await send({ id: "d-1", how: "two", text: "hi" })).toEqual(two);

  // Two different runs without parts have one key: the second one is refused, whenever the delivery comes.
  const conflict = { status: 409, body: { code: "IDEMPOTENCY_CONFLICT" } };
  expect(await send({ id: "d-2", how: "same", text: "hi" })).toMatchObject(conflict);
  expect(await send({ id: "d-2", how: "same", text: "hi" })).toMatchObject(conflict);

  const labelled = (await send({ id: "d-3", how: "labels" })).body as { run: { name: string } };
  expect(await output(labelled.run.name)).toEqual({ "webhook-source": "runs", "webhook-delivery": "d-3" });
  // A source's runs, and one delivery's, are found by their labels.
  const listed = async (...labels: string[]): Promise<string[]> => {
    const runs = JSON.parse(await run("get", "run", ...labels.flatMap((label) => ["--label", label]), "--json"));
    return (runs as { name: string }[]).map(({ name }) => name);
  };
  expect(await listed("webhook-source=runs")).toHaveLength(4);
  expect(await listed("webhook-source=runs", "webhook-delivery=d-3")).toEqual([labelled.run.name]);
  expect(await listed("webhook-source=other")).toEqual([]);
  expect(await run("get", "run", labelled.run.name)).toContain("webhook-source=runs, webhook-delivery=d-3");
  expect(await send({ id: "d-4", how: "answer", text: "x" })).toMatchObject({
    status: 201,
    body: { started: expect.any(String) },
  });
  expect(JSON.parse(await run("get", "run", "--json"))).toHaveLength(5);
  expect((await fetch(`${endpoint}/`)).status).toBe(401);
});
