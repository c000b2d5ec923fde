import { expect, test } from "vitest";
import { commandTable } from "../src/commands/table.ts";
import { makeProject, runCli } from "./support/cli.ts";

test.each(commandTable.map(([path]) => path))("%s has help with an example", async (path) => {
  const { code, stdout, stderr } = await runCli([...path.split(" "), "--help"], makeProject());
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`Usage: appenv ${path}`);
  expect(stdout).toContain("--json");
  expect(stdout).toMatch(new RegExp(`Examples:\n(.*\n)*.*\\$.*appenv ${path}`));
});

test("the overview names every command", async () => {
  const { code, stdout } = await runCli(["--help"], makeProject());
  expect(code).toBe(0);
  for (const [path] of commandTable) expect(stdout).toContain(path.split(" ")[0]);
});

test("the version is the package's", async () => {
  const { code, stdout } = await runCli(["--version"], makeProject());
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});
