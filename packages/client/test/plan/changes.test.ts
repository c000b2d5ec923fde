import { expect, test } from "vitest";
import { changesBetween } from "../../src/plan/changes.ts";

test("changes are told by their paths, and what sounds like a secret is hidden", () => {
  const before = { port: 80, envVars: { A: "1", API_KEY: "old" }, replicas: { min: 0, max: 1 }, links: [], gone: {} };
  const after = { port: 80, envVars: { A: "2", API_KEY: "new", B: "x" }, replicas: { min: 0, max: 2 }, links: ["a"] };
  expect(changesBetween(before, after)).toEqual([
    { path: "envVars.A", before: '"1"', after: '"2"' },
    { path: "envVars.API_KEY", before: "(hidden)", after: "(hidden)" },
    { path: "envVars.B", before: undefined, after: '"x"' },
    { path: "links", before: "[]", after: '["a"]' },
    { path: "replicas.max", before: "1", after: "2" },
  ]);
  expect(changesBetween(before, structuredClone(before))).toEqual([]);
});
