import { AppEnvError } from "@appenv/core";
import { expect, test, vi } from "vitest";
import { createOutput } from "../src/output/output.ts";
import { changeMany } from "../src/runs/change-many.ts";

vi.mock("@appenv/client/tasks", () => ({
  changeRuns: async function* () {
    yield { selected: 2, done: 1, failed: 0, failures: [] };
    throw new AppEnvError("UNREACHABLE", "The platform is gone.");
  },
}));

test("a rerun of many that is cut says how to start the rest, and none of the runs that have come since", async () => {
  const output = createOutput({ json: true });
  const said: string[] = [];
  const told = { ...output, note: (text: string) => void said.push(text) };
  const began = Date.now();
  const goOn = async (flags: object): Promise<string> => {
    await expect(changeMany("rerun", { phase: "FAILED", yes: true, ...flags }, told)).rejects.toThrow("is gone");
    return said.at(-1) ?? "";
  };
  const [, before = "", key] =
    /^Some may .* `--created-before (\S+) --idempotency-key ([\w-]{36})` starts those\.$/.exec(await goOn({})) ?? [];
  expect(key).toBeDefined();
  expect(Date.parse(before)).toBeGreaterThanOrEqual(began);
  const own = { createdBefore: new Date(0), idempotencyKey: "again" };
  expect(await goOn(own)).toContain("command with `--idempotency-key again` starts");
});
