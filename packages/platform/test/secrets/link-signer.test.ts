import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { LinkSigner } from "../../src/secrets/link-signer.ts";

const home = mkdtempSync(join(tmpdir(), "appenv-link-signer-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

test("a signed text is read back, also by a platform that was started again", () => {
  const value = { run: "r1", action: "a0", names: ["ä", "b"] };
  expect(new LinkSigner(home, "test").read(new LinkSigner(home, "test").sign(value))).toEqual(value);
});

test("a text is none for another purpose", () => {
  expect(new LinkSigner(home, "other").read(new LinkSigner(home, "test").sign(1))).toBeUndefined();
});

test("no character of a signed text can be another one", () => {
  const signer = new LinkSigner(home, "test");
  for (let each = 0; each < 8; each++) {
    const text = signer.sign(each);
    // Of the last character, four bits count: others that have the same four decode to the same signature.
    const changed = [...text].flatMap((char, at) =>
      [...letters].filter((letter) => letter !== char).map((letter) => text.slice(0, at) + letter + text.slice(at + 1)),
    );
    expect(changed.filter((one) => signer.read(one) !== undefined)).toEqual([]);
  }
});
