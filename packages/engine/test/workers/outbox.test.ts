import type { ToWorker } from "@appenv/runtime";
import { expect, it } from "vitest";
import { Attempt } from "../../src/workers/attempt.ts";
import { Outbox } from "../../src/workers/outbox.ts";

function ignore(): void {}

function attempt(action: string): Attempt {
  const given = { run: "r1", action, task: "t", attempt: 1, inputs: Buffer.from(""), labels: {}, envVars: {} };
  const listener = {
    started: ignore,
    request: ignore,
    scope: ignore,
    line: ignore,
    progress: ignore,
    report: ignore,
    ended: ignore,
  };
  return new Attempt({ ...given, deadline: undefined }, listener);
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

it("sends what came in one turn as one message of each kind, attempts first, once it is open", async () => {
  const sent: ToWorker[] = [];
  const outbox = new Outbox((message) => void sent.push(message), ignore);
  outbox.addAttempt(attempt("a1"));
  await turn();
  expect(sent).toEqual([]);
  outbox.open();
  outbox.addOutcome(1, { type: "missing" });
  outbox.addAttempt(attempt("a2"));
  outbox.addOutcome(2, { type: "missing" });
  await turn();
  expect(sent).toMatchObject([
    { type: "attempts", attempts: [{ action: "a1" }, { action: "a2" }] },
    { type: "outcomes", outcomes: [{ call: 1 }, { call: 2 }] },
  ]);
});

it("does not send what is cancelled by the one who is told that it starts", () => {
  const sent: ToWorker[] = [];
  const [kept, cancelled] = [attempt("kept"), attempt("cancelled")];
  const outbox: Outbox = new Outbox(
    (message) => void sent.push(message),
    (starting) => {
      if (starting !== cancelled) return;
      expect(outbox.takeBack(cancelled)).toBe(true);
      outbox.flush();
    },
  );
  outbox.open();
  outbox.addAttempt(cancelled);
  outbox.addAttempt(kept);
  outbox.flush();
  expect(sent).toMatchObject([{ type: "attempts", attempts: [{ action: "kept" }] }]);
  expect(outbox.takeBack(kept)).toBe(false);
});
