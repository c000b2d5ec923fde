import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { followReadme } from "../src/readme/follow-readme.ts";

// Many processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 240_000 });

const examples = new URL("../../../examples/", import.meta.url);
const names = readdirSync(examples).filter((name) => existsSync(new URL(`${name}/package.json`, examples)));
const patterns = readFileSync(new URL("../../../docs/patterns.md", import.meta.url), "utf8");

describe.each(names)("the example %s", (name) => {
  test("has a README, a test, and a place in the table of patterns", () => {
    const files = readdirSync(new URL(`${name}/`, examples));
    expect(files).toContain("README.md");
    expect(files.filter((file) => file.endsWith(".test.ts"))).toHaveLength(1);
    const { scripts } = JSON.parse(readFileSync(new URL(`${name}/package.json`, examples), "utf8"));
    expect(files).toContain(/\S+\.ts/.exec(scripts.start)?.[0]);
    expect(patterns.includes(`(../examples/${name})`), "is in docs/patterns.md").toBe(true);
  });

  test("does what its README says", async () => {
    expect(await followReadme(new URL(`${name}/README.md`, examples))).toBeGreaterThan(0);
  });
});

test("all links of the table of patterns lead somewhere", () => {
  const links = [...patterns.matchAll(/\]\((\.\.?\/[^)]+)\)/g)].map(([, link]) => link ?? "");
  expect(links.length).toBeGreaterThan(names.length);
  expect(links.filter((link) => !existsSync(new URL(link, new URL("../../../docs/", import.meta.url))))).toEqual([]);
});
