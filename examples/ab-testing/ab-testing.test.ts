import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("each visitor sees one variant, all visitors both", async () => {
  const { endpoint } = await serveExample(new URL("app.ts", import.meta.url), "root");
  const seen = new Set<string>();
  for (let visitor = 0; visitor < 40; visitor += 1) {
    const first = await fetch(endpoint);
    const { variant } = (await first.json()) as { variant: string };
    seen.add(variant);
    const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
    const again = await fetch(endpoint, { headers: { cookie } });
    expect(await again.json()).toMatchObject({ variant });
    expect(again.headers.get("set-cookie")).toBeNull();
  }
  // With 40 visitors the odds against both are one in 500 billion.
  expect([...seen].toSorted()).toEqual(["A", "B"]);
});
