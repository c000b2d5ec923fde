import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlyteDir, FlyteFile } from "@appenv/core";
import type { ValueType } from "@appenv/core/internal";
import { decodeOutput, encodeOutput } from "@appenv/protocol/tasks";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, test } from "vitest";
import { keepFiles } from "../../../src/tasks/containers/keep-files.ts";

const file: ValueType = { kind: "file" };
const optional: ValueType = { kind: "union", variants: [file, { kind: "none" }] };

/** The same value of a type, with its files kept. */
async function kept(type: ValueType, value: unknown, places: Parameters<typeof keepFiles>[1]): Promise<unknown> {
  return decodeOutput(type, await keepFiles(encodeOutput(type, value), places));
}

test("files that would go with the run are kept by their content, wherever they are in a value", async () => {
  const directory = tempDirectory();
  const places = { run: join(directory, "run"), objects: join(directory, "objects") };
  mkdirSync(join(places.run, "folder"), { recursive: true });
  writeFileSync(join(places.run, "a.txt"), "one");
  writeFileSync(join(places.run, "folder/b.txt"), "two");
  const path = join(places.run, "a.txt");
  const list = (await kept({ kind: "list", of: optional }, [new FlyteFile(path), null], places)) as [FlyteFile, null];
  const map = (await kept({ kind: "map", of: file }, { a: new FlyteFile(path) }, places)) as { a: FlyteFile };
  const folder = (await kept({ kind: "dir" }, new FlyteDir(join(places.run, "folder")), places)) as FlyteDir;
  rmSync(places.run, { recursive: true });
  expect(list[0].path).toBe(map.a.path);
  expect(list[0].path.startsWith(places.objects)).toBe(true);
  expect([readFileSync(list[0].path, "utf8"), list[1]]).toEqual(["one", null]);
  expect(readdirSync(folder.path)).toEqual(["b.txt"]);

  await expect(kept(file, new FlyteFile(path), places)).rejects.toMatchObject({ code: "INVALID_OUTPUT" });
  for (const elsewhere of ["/etc/hostname", "s3://bucket/key"]) {
    expect(((await kept(file, new FlyteFile(elsewhere), places)) as FlyteFile).path).toBe(elsewhere);
  }
});
