import type { ToWorker } from "@appenv/runtime";
import { expect, it } from "vitest";
import { AttemptHandle } from "../../src/workers/attempt-handle.ts";
import { AttemptBatcher } from "../../src/workers/attempt-batcher.ts";

function ignore(): void {}

function attempt(action: string): AttemptHandle {
  const given = { run: "r1", action, task: "t", attempt: 1, inputs: Buffer.from(""), labels: {}, envVars: {} };
  const listener = {
    started: ignore,
    request: ignore,
    scope: ignore,
    line: ignore,
    metadata: () => {},
    trace: () => {},
    progress: ignore,
    report: ignore,
    ended: ignore,
  };
  return new AttemptHandle({ ...given, deadline: undefined }, listener);
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

it("sends what came in one turn as one message of each kind, attempts first, once it is open", async () => {
  const sent: ToWorker[] = [];
  const batcher = new AttemptBatcher((message) => void sent.push(message), ignore);
  batcher.addAttempt(attempt("a1"));
  await turn();
  expect(sent).toEqual([]);
  batcher.open();
  batcher.addOutcome(1, { type: "missing" });
  batcher.addAttempt(attempt("a2"));
  batcher.addOutcome(2, { type: "missing" });
  await turn();
  expect(sent).toMatchObject([
    { type: "attempts", attempts: [{ action: "a1" }, { action: "a2" }] },
    { type: "outcomes", outcomes: [{ call: 1 }, { call: 2 }] },
  ]);
});

it("does not send what is cancelled by the one who is told that it starts", () => {
  const sent: ToWorker[] = [];
  const [kept, cancelled] = [attempt("kept"), attempt("cancelled")];
  const batcher: AttemptBatcher = new AttemptBatcher(
    (message) => void sent.push(message),
    (starting) => {
      if (starting !== cancelled) return;
      expect(batcher.takeBack(cancelled)).toBe(true);
      batcher.flush();
    },
  );
  batcher.open();
  batcher.addAttempt(cancelled);
  batcher.addAttempt(kept);
  batcher.flush();
  expect(sent).toMatchObject([{ type: "attempts", attempts: [{ action: "kept" }] }]);
  expect(batcher.takeBack(kept)).toBe(false);
});
