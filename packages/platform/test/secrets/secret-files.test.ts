import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openSecretFiles, type SecretFiles } from "../../src/secrets/secret-files.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const file = { path: "web/key", value: Buffer.from("value") };

function open(home: string): SecretFiles {
  const files = openSecretFiles(home);
  onTestFinished(() => files.close());
  return files;
}

test("files are their owner's alone, in a directory for each process, and gone afterwards", () => {
  const files = open(tempDirectory());
  const one = files.write([file, { path: "other", value: Buffer.from([0, 255]) }]);
  const two = files.write([file]);
  expect(one.directory).not.toBe(two.directory);
  expect(readFileSync(join(one.directory, "web/key"), "utf8")).toBe("value");
  expect(readFileSync(join(one.directory, "other"))).toEqual(Buffer.from([0, 255]));
  expect(statSync(join(one.directory, "web/key")).mode & 0o777).toBe(0o400);
  expect(statSync(dirname(one.directory)).mode & 0o777).toBe(0o700);
  one.remove();
  one.remove();
  expect(existsSync(one.directory)).toBe(false);
  expect(existsSync(two.directory)).toBe(true);
  files.close();
  expect(existsSync(dirname(two.directory))).toBe(false);
});

test("files that a killed platform left are removed by the next one of its directory, and by no other", () => {
  const home = tempDirectory();
  const left = open(home).write([file]);
  open(tempDirectory());
  expect(existsSync(left.directory)).toBe(true);
  open(home);
  expect(existsSync(left.directory)).toBe(false);
});

test("they are in the state directory where memory has no place for them, or somebody sits there", () => {
  vi.stubEnv("XDG_RUNTIME_DIR", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  const home = tempDirectory();
  const places: string[] = [];
  const files = openSecretFiles(home, (place) => places.push(place));
  onTestFinished(() => files.close());
  const usual = dirname(files.write([file]).directory);
  files.write([file]);
  expect(places).toEqual([usual]);
  if (dirname(usual) !== home) {
    onTestFinished(() => chmodSync(usual, 0o700));
    chmodSync(usual, 0o777);
  }
  const { directory } = files.write([file]);
  expect(dirname(dirname(directory))).toBe(home);
  expect(readFileSync(join(directory, "web/key"), "utf8")).toBe("value");
  files.close();
  expect(readdirSync(home)).toEqual([]);
});
