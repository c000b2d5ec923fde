import type { Run } from "@appenv/client/tasks";
import type { RunAction } from "@appenv/core";
import { expect, test } from "vitest";
import { createOutput } from "../src/output/output.ts";
import { showQuestion } from "../src/runs/show-question.ts";

const asked = { name: "refund", prompt: "Refund\n  appenv delete it?", link: "http://localhost:7070/answer/x.y" };

async function shown(waiting: () => Promise<unknown>): Promise<string> {
  const notes: string[] = [];
  const output = { ...createOutput({}), note: (text: string) => void notes.push(text) };
  const run = { name: "monday", waitingCondition: waiting } as Pick<Run, "name" | "waitingCondition"> as Run;
  await showQuestion(run, { name: "c1", task: "refund" } as RunAction, "refund", output);
  return notes.join("\n");
}

test("a question is shown with the command and the link that answer it, on a line of its own", async () => {
  expect(await shown(async () => ({ ...asked, example: `{"comment":"it's late"}` }))).toBe(
    [
      "It waits for 'refund': Refund appenv delete it?",
      String.raw`  appenv signal monday refund '{"comment":"it'\''s late"}'`,
      "  http://localhost:7070/answer/x.y",
    ].join("\n"),
  );
  expect(await shown(async () => ({ ...asked, example: "true" }))).toContain("signal monday refund true\n");
});

test("one who may not answer, and a cluster, are told the command", async () => {
  const expected = "It waits for 'refund': `appenv signal monday refund VALUE`.";
  expect(await shown(async () => undefined)).toBe(expected);
  expect(await shown(() => Promise.reject(new Error("refused")))).toBe(expected);
});
