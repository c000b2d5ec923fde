import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test } from "vitest";
import { trimDirectory } from "../../src/housekeeping/trim-directory.ts";
import { openLogs } from "../../src/logs/apps/app-logs.ts";
import { appId } from "../support/app.ts";

test("of a directory that has become too large, the files that were written longest ago go", async () => {
  const directory = tempDirectory();
  mkdirSync(join(directory, "v24"));
  for (const [index, name] of ["a", "v24/b", "c", "v24/d", "e"].entries()) {
    writeFileSync(join(directory, name), "x".repeat(100));
    utimesSync(join(directory, name), 1_000 + index, 1_000 + index);
  }
  await trimDirectory(directory, 500);
  expect(readdirSync(directory).toSorted()).toEqual(["a", "c", "e", "v24"]);
  await trimDirectory(directory, 499);
  expect(readdirSync(directory).toSorted()).toEqual(["c", "e", "v24"]);
  expect(readdirSync(join(directory, "v24"))).toEqual(["d"]);
  await trimDirectory(join(directory, "none"), 1);
});

test("logs of apps that are not there any more go, but not those of an app that is just being made", async () => {
  const root = tempDirectory();
  const logs = openLogs(root);
  onTestFinished(() => logs.close());
  for (const name of ["there", "gone", "new", "open"]) {
    const directory = join(root, "flytesnacks", "development", name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "r1.log"), "");
    if (name !== "new") utimesSync(directory, 1, 1);
  }
  writeFileSync(join(root, "audit.log"), "");
  logs.write(appId("open"), "r1", "stdout", ["hello"]);
  await logs.removeOthers(() => [appId("there")]);
  expect(readdirSync(join(root, "flytesnacks", "development")).toSorted()).toEqual(["new", "open", "there"]);
  expect(readdirSync(root).toSorted()).toEqual(["audit.log", "flytesnacks"]);
});
