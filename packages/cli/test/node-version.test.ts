import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isNewEnough } from "../src/node-version.ts";

test("Node 22.19 and newer runs AppEnv", () => {
  const versions = ["18.20.8", "20.20.2", "22.18.0", "22.19.0", "23.0.0", "24.21.0", "100.0.0"];
  expect(versions.filter(isNewEnough)).toEqual(["22.19.0", "23.0.0", "24.21.0", "100.0.0"]);
});

test("an older one is told what it lacks, in words", () => {
  const old = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";
  const main = join(import.meta.dirname, "../src/main.ts");
  const { status, stderr } = spawnSync("node", ["--import", `data:text/javascript,${old}`, main, "--version"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error: appenv needs Node.js 22.19 or newer, and this is 20.1.0 \(.*\)\.\nfix: Install a newer/,
  );
});
