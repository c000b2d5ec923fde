import { expect, test, vi } from "vitest";
import { appFiles } from "./support/app.ts";
import { makeProject, runCli, startCli } from "./support/cli.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

interface Row {
  readonly number: number;
  readonly weight: number;
}

const weights = (rows: readonly Row[]) => rows.map(({ number, weight }) => [number, weight]);

test("lists revisions, sets their weights and rolls them back", async () => {
  const options = "requiresAuth: false, traffic: { latest: 20 }";
  const cwd = makeProject(await appFiles("process.env.WHO", options));
  const json = async (...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], cwd);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return JSON.parse(stdout);
  };
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await runCli([...args, "--json"], cwd);
    expect([args, code]).toEqual([args, 1]);
    return JSON.parse(stderr).error.message;
  };
  const up = startCli(["up", "--port", "0", "--json"], cwd);
  await up.until("stdout", "\n");

  const { endpoint } = await json("serve", "app.ts", "-e", "WHO=one");
  expect(await refused("rollback", "hello")).toContain("a revision that has one before it");
  await json("serve", "app.ts", "-e", "WHO=two");
  const [newest, older] = await json("get", "revision", "hello");
  expect(weights([newest, older])).toEqual([
    [2, 20],
    [1, 80],
  ]);
  expect(newest.changes).toEqual([{ path: "envVars.WHO", before: "(hidden)", after: "(hidden)" }]);
  expect(await (await fetch(newest.endpoint)).text()).toBe("hello two");
  await json("serve", "app.ts", "-e", "WHO=three");
  expect(weights(await json("traffic", "hello", "3=30", "2=20"))).toEqual([
    [3, 30],
    [2, 20],
    [1, 50],
  ]);
  expect(weights(await json("rollback", "hello"))).toEqual([
    [3, 0],
    [2, 20],
    [1, 80],
  ]);
  expect(weights(await json("rollback", "hello", "--to", "2"))).toEqual([
    [3, 0],
    [2, 100],
    [1, 0],
  ]);
  const text = async (): Promise<string> => (await fetch(endpoint, { headers: { connection: "close" } })).text();
  expect(await text()).toBe("hello two");
  await json("serve", "app.ts", "-e", "WHO=seen first", "--traffic", "0");
  expect(weights((await json("rollback", "hello")).slice(0, 3))).toEqual([
    [4, 0],
    [3, 0],
    [2, 100],
  ]);
  expect(await text()).toBe("hello two");
  await json("serve", "app.ts", "-e", "WHO=four", "--traffic", "100");
  expect(await text()).toBe("hello four");
  expect((await runCli(["get", "revision", "hello"], cwd)).stdout).toMatch(
    /^REVISION +WEIGHT .* CHANGED\n5 +100 +1 .* envVars\.WHO, traffic\n/,
  );

  expect(await refused("traffic", "hello", "9=10")).toBe("There is no revision 9; kept are 5, 4, 3, 2, 1.");
  expect(await refused("traffic", "hello", "5=10")).toContain("are 10 together");
  expect(await refused("traffic", "hello", "5=10", "3=100")).toContain("are 110 together");
  expect(await refused("traffic", "hello", "half")).toContain("'half' is not a revision and its weight");
  await json("deactivate", "hello");
  expect(await refused("traffic", "hello", "3=100")).toContain("does not serve");
  expect((await up.stop()).code).toBe(0);
});
