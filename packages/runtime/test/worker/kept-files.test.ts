import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FlyteDir, FlyteFile } from "@appenv/core";
import { expect, test } from "vitest";
import { KeptFiles, withLocalPaths } from "../../src/worker/kept-files.ts";
import { folder } from "./fake-platform.ts";

test("files are found wherever they stand in plain data, and the rest stays as it is", async () => {
  const [source, objects] = [folder(), folder()];
  writeFileSync(join(source, "a.txt"), "a");
  const files = new KeptFiles(objects);
  const plain = { list: [1, { date: new Date(0) }] };
  expect(await files.keep(plain, "INVALID_OUTPUT")).toBe(plain);
  const remote = new FlyteFile("s3://bucket/key");
  const file = new FlyteFile(join(source, "a.txt"));
  const kept = (await files.keep({ deep: [{ file }, remote], plain }, "INVALID_OUTPUT")) as {
    deep: [{ file: FlyteFile }, FlyteFile];
    plain: object;
  };
  expect(kept.plain).toBe(plain);
  expect(kept.deep[1]).toBe(remote);
  const path = fileURLToPath(kept.deep[0].file.path);
  expect([path.startsWith(objects), readFileSync(path, "utf8")]).toEqual([true, "a"]);
  expect(withLocalPaths(kept)).toEqual({ deep: [{ file: new FlyteFile(path) }, remote], plain });
  // Kept once: the same content is the same place, and what is kept is not copied again.
  expect(await files.keep(kept, "INVALID_OUTPUT")).toEqual(kept);
  expect(readdirSync(join(objects, "drafts"))).toEqual([]);
});

test("a directory is kept by all that is in it", async () => {
  const [source, objects] = [folder(), folder()];
  mkdirSync(join(source, "data", "inner"), { recursive: true });
  writeFileSync(join(source, "data", "b.txt"), "b");
  writeFileSync(join(source, "data", "inner", "c.txt"), "c");
  symlinkSync("b.txt", join(source, "data", "link.txt"));
  const files = new KeptFiles(objects);
  const keep = async (): Promise<string> => {
    const kept = (await files.keep(new FlyteDir(join(source, "data")), "INVALID_OUTPUT")) as FlyteDir;
    expect(kept).toBeInstanceOf(FlyteDir);
    return fileURLToPath(kept.path);
  };
  const [first, again] = [await keep(), await keep()];
  expect(again).toBe(first);
  const paths = readdirSync(first, { recursive: true, encoding: "utf8" }).toSorted();
  expect(paths).toEqual(["b.txt", "inner", join("inner", "c.txt"), "link.txt"]);
  writeFileSync(join(source, "data", "b.txt"), "changed");
  expect(await keep()).not.toBe(first);
  expect(readFileSync(join(first, "b.txt"), "utf8")).toBe("b");
  expect(readdirSync(join(objects, "drafts"))).toEqual([]);
});

test("many at once, of the same content, are one", async () => {
  const [source, objects] = [folder(), folder()];
  writeFileSync(join(source, "a.txt"), "a".repeat(100_000));
  const files = new KeptFiles(objects);
  const all = await Promise.all(
    Array.from({ length: 20 }, () => files.keep(new FlyteFile(join(source, "a.txt")), "INVALID_OUTPUT")),
  );
  expect(new Set(all.map((file) => (file as FlyteFile).path)).size).toBe(1);
  expect(readdirSync(join(objects, "drafts"))).toEqual([]);
});

test("a path with nothing there, or something else, is refused", async () => {
  const source = folder();
  const files = new KeptFiles(folder());
  for (const place of [
    new FlyteFile(join(source, "none")),
    new FlyteDir(join(source, "none")),
    new FlyteFile(source),
  ]) {
    await expect(files.keep(place, "INVALID_INPUT")).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringMatching(/^The (file|directory) .* cannot be given on: /),
    });
  }
});
