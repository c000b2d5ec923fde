import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("a valid body starts a run; an invalid one is answered 400 and starts none", async () => {
  const { endpoint, run } = await serveExample(new URL("app.ts", import.meta.url), "env");
  const post = (body: unknown): Promise<Response> =>
    fetch(`${endpoint}/process`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  for (const wrong of [{}, { data: { a: "1" } }, { data: {}, priority: 10 }, { data: {}, priority: 0.5 }, []]) {
    expect((await post(wrong)).status).toBe(400);
  }
  expect(JSON.parse(await run("get", "run", "--json"))).toEqual([]);

  const { run_id: name, url } = (await (await post({ data: { a: 1, b: 2.5 }, priority: 1 })).json()) as Record<
    string,
    string
  >;
  expect(url).toContain(`/runs/${name}`);
  const shown = async (): Promise<unknown> => JSON.parse(await run("get", "run", name ?? "", "--json"));
  await expect.poll(shown).toMatchObject({ phase: "SUCCEEDED" });
  expect(JSON.parse(await run("get", "io", name ?? "", "--json"))).toMatchObject({ output: 7 });
});
