import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openPlatformLog } from "../../src/process/platform-log.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

test("errors are written with their stacks and causes, and a flood of them is counted", () => {
  const file = join(tempDirectory(), "platform.log");
  const log = openPlatformLog(file);
  log.write("A listener failed", new Error("outer", { cause: new TypeError("inner") }));
  for (let index = 0; index < 10_000; index += 1) log.write("Again", new Error("x".repeat(100)));
  log.close();
  log.write("After the end", new Error("nothing"));
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/^\S+Z A listener failed: Error: outer\n {4}at .*platform-log\.test\.ts/);
  expect(text).toContain("Caused by: TypeError: inner\n    at ");
  expect(text.match(/ Again: /g)).toHaveLength(49);
  expect(text).not.toContain("After the end");
});

test("a full log is kept beside a new one", () => {
  const file = join(tempDirectory(), "platform.log");
  const log = openPlatformLog(file);
  for (let index = 0; index < 3; index += 1) log.write("Large", "x".repeat(600_000));
  log.close();
  expect(statSync(`${file}.1`).size).toBeGreaterThan(1_200_000);
  expect(statSync(file).size).toBeLessThan(700_000);
});
