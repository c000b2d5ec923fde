import { expect, test } from "vitest";
import { makeProject, runCli } from "./support/cli.ts";

test.each([
  [[], "No command was given."],
  [["get"], "No command was given."],
  [["serv"], "Unknown command 'serv'. Did you mean serve?"],
  [["get", "apps"], "Unknown command 'apps'. Did you mean app?"],
  [["serve"], "Missing required argument 'file'."],
  [["serve", "a.ts", "env", "more"], "Too many arguments"],
  [["serve", "a.ts", "--wacht"], "Unknown option '--wacht'. Did you mean --watch?"],
  [["serve", "a.ts", "-e", "LEVEL"], "It must be KEY=VALUE"],
  [["serve", "a.ts", "-e", "1A=x"], "It must be KEY=VALUE"],
  [["serve", "a.ts", "--port", "99999"], "from 0 to 65535"],
  [["logs", "app", "hello", "--lines", "0"], "at least 1"],
  [["create", "config"], "--endpoint"],
])("%j is refused with exit code 2 and a hint", async (args, message) => {
  const { code, stdout, stderr } = await runCli(args, makeProject());
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^error: .*\nfix: .*--help.*\n$/);
});

test("with --json a refusal is one object on stderr", async () => {
  const { code, stdout, stderr } = await runCli(["get", "apps", "--json"], makeProject());
  expect([code, stdout]).toEqual([2, ""]);
  expect(JSON.parse(stderr)).toEqual({
    error: { code: "INVALID_ARGUMENT", message: expect.stringContaining("'apps'"), fix: expect.any(String) },
  });
});
