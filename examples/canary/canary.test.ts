import { serveExample } from "@appenv-internal/conformance";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("app.ts", import.meta.url);

test("a new revision gets a tenth, then all, then nothing; one that fails is taken out", async () => {
  const { endpoint, run } = await serveExample(file);
  const revisions = async (): Promise<readonly (readonly [number, number])[]> => {
    const rows = JSON.parse(await run("get", "revision", "canary", "--json")) as { number: number; weight: number }[];
    return rows.map(({ number, weight }) => [number, weight]);
  };
  const greeting = async (headers: Record<string, string> = {}): Promise<string> =>
    ((await (await fetch(endpoint, { headers })).json()) as { message: string }).message;

  expect(await greeting()).toBe("Hello, World!");
  await run("deploy", fileURLToPath(file), "--local", "-e", "GREETING=Howdy");
  await expect.poll(revisions).toEqual([
    [2, 10],
    [1, 90],
  ]);
  expect(await greeting({ cookie: "appenv-traffic=999" })).toBe("Howdy, World!");
  expect(await greeting({ cookie: "appenv-traffic=1000" })).toBe("Hello, World!");

  await run("traffic", "canary", "2=100");
  await expect.poll(() => greeting({ connection: "close" })).toBe("Howdy, World!");
  await run("rollback", "canary");
  await expect.poll(() => greeting({ connection: "close" })).toBe("Hello, World!");
  expect(await revisions()).toContainEqual([1, 100]);

  await run("deploy", fileURLToPath(file), "--local", "-e", "GREETING=Oops");
  await expect.poll(revisions).toContainEqual([3, 10]);
  const ask = async (): Promise<string> => {
    await fetch(`${endpoint}/risky`, { headers: { cookie: "appenv-traffic=0" } });
    return (JSON.parse(await run("get", "app", "canary", "--json")) as { message: string }).message;
  };
  for (let request = 0; request < 20; request += 1) {
    await fetch(`${endpoint}/risky`, { headers: { cookie: "appenv-traffic=0" } });
  }
  await expect.poll(ask).toContain("[ROLLED_BACK] Revision 3 was taken out");
  await expect.poll(revisions).toContainEqual([1, 100]);
});
