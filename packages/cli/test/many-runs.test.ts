import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli } from "./support/cli.ts";
import { taskSource } from "./support/tasks.ts";

vi.setConfig({ testTimeout: 180_000 });

test("runs are found, aborted, started again and deleted by what they have in common", async () => {
  const cwd = makeProject({ "tasks.ts": taskSource });
  const up = startCli(["up", "--port", "0", "--json"], cwd);
  await up.until("stdout", "\n");
  const json = async (...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], cwd);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  };
  for (const [name, task] of [
    ["add", "add_one"],
    ["ask-1", "ask"],
    ["ask-2", "ask"],
  ] as const) {
    const more = task === "ask" ? ["--detach", "--label", "team=shop"] : [];
    await json("run", "tasks.ts", task, "--x", "1", "--name", name, ...more);
  }
  await runCli(["run", "tasks.ts", "fail", "--why", "no luck", "--name", "bad"], cwd);
  const names = async (...args: string[]): Promise<string[]> =>
    (await json("get", "run", ...args)).map(({ name }: { name: string }) => name);
  expect(await names("--text", "ASK", "--created-after", "1h")).toEqual(["ask-2", "ask-1"]);
  expect(await names("--created-before", "1h")).toEqual([]);
  expect(await names("--phase", "FAILED", "--text", "NO luck")).toEqual(["bad"]);

  const asked = await runCli(["abort", "run", "--label", "team=shop"], cwd);
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining("Abort 2 runs? Nobody can be asked here.")]);
  const none = await runCli(["delete", "run", "--yes"], cwd);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("nor are runs selected")]);
  expect(await json("abort", "run", "--label", "team=shop", "--yes")).toEqual({ selected: 2, done: 2, failed: 0 });
  await expect.poll(() => names("--phase", "ABORTED")).toEqual(["ask-2", "ask-1"]);
  expect(await json("rerun", "run", "--task", "math.add_one", "--yes")).toEqual({ selected: 1, done: 1, failed: 0 });
  await expect.poll(() => names("--task", "math.add_one", "--phase", "SUCCEEDED")).toHaveLength(2);

  const logs = join(cwd, ".appenv", "run-logs", "flytesnacks", "development", "add");
  expect(existsSync(logs)).toBe(true);
  expect(await json("delete", "run", "add")).toEqual({ name: "add", deleted: true });
  expect(existsSync(logs)).toBe(false);
  expect(await json("delete", "run", "add")).toEqual({ name: "add", deleted: false });
  expect(await json("delete", "run", "--created-after", "1h", "--yes")).toEqual({ selected: 4, done: 4, failed: 0 });
  expect(await names()).toEqual([]);
  expect((await up.stop()).code).toBe(0);
});
