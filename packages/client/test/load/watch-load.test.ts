import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, test } from "vitest";
import { watchLoad } from "../../src/load/watch-load.ts";

const listeners = () => (["exit", "beforeExit"] as const).map((event) => process.listenerCount(event));

test("dozens of files are read at once with one listener of each end, and none is left", async () => {
  const before = listeners();
  const read = Promise.withResolvers<string>();
  const loads = Array.from({ length: 30 }, (_, index) => {
    const folder = join(tempDirectory(), String(index));
    mkdirSync(folder);
    return watchLoad(`${index}.ts`, folder, () => read.promise);
  });
  expect(listeners()).toEqual(before.map((count) => count + 1));
  read.resolve("read");
  expect(new Set(await Promise.all(loads))).toEqual(new Set(["read"]));
  expect(listeners()).toEqual(before);
});
