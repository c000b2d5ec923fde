import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { followReadme } from "../src/readme/follow-readme.ts";

/** Follows a README with these blocks. */
function follow(...blocks: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "appenv-readme-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "README.md");
  writeFileSync(file, blocks.map((block) => `\`\`\`${block}\n\`\`\`\n`).join("\ntext\n"));
  return followReadme(pathToFileURL(file));
}

test("a command must print the output that is shown, up to its placeholders", async () => {
  expect(await follow("\n$ echo hello\nhello\n\n$ printf 'a\\nb\\nc\\n'\na\n...\nc")).toBe(1);
  expect(await follow('\n$ echo \'{"id":"abc","at":"now"}\'\n{"id":"r4u...","at":"..."}\n$ echo r4u...\nabc')).toBe(1);
  await expect(follow("\n$ echo hello\nbye")).rejects.toThrow("`echo hello` prints:\nhello");
  await expect(follow("\n$ echo abc def\nr4u... r4u...")).rejects.toThrow("and not:");
});

test("a command must end well, and variables live from one to the next", async () => {
  expect(await follow("sh\nname=Ada  # a comment\ncd internal", "\n$ pwd\n...internal", "js\nthrow 1;")).toBe(3);
  expect(await follow("sh\nname=Ada", '\n$ echo "Hello, \\\n    $name"\nHello, Ada')).toBe(2);
  await expect(follow("sh\nfalse")).rejects.toThrow("`false` has ended with 1");
});

test("one can talk with a command, and end it", async () => {
  expect(await follow("\n$ cat\n> hello\nhello\n> again\nagain\n^C")).toBe(1);
  await expect(follow("\n$ echo gone\n> hello\nhello\n^C")).rejects.toThrow("`echo gone` has ended");
});
