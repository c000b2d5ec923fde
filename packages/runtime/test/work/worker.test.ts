import { decodeOutput } from "@appenv/protocol/values";
import { expect, test } from "vitest";
import type { AttemptResult } from "../../src/index.ts";
import { env } from "../fixtures/tasks.ts";
import { FakePlatform } from "./fake-platform.ts";

/** What an attempt gave, or its error as one text. */
function given(task: string, { outcome }: AttemptResult): unknown {
  if (outcome.type === "succeeded") return decodeOutput(env.tasks.get(task)?.interface.output, outcome.outputs);
  return `${outcome.type} ${outcome.error.code}: ${outcome.error.message}`;
}

test("smoke", async () => {
  const platform = await FakePlatform.start();
  expect(given("add_one", await platform.run("add_one", { x: 1 }))).toBe(2);
  expect(given("sum", await platform.run("sum", { n: 100 }))).toBe(5050);
});
