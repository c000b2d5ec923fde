import { Code, createClient } from "@connectrpc/connect";
import { ExplainService } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { action, failure, startTaskApi } from "../support/task-api.ts";

const place = { project: "flytesnacks", domain: "development" };

test("actions are explained: their times, the reason of a failure, the question of a condition, and an event that is waited for", async () => {
  const { engine, start, transport } = await startTaskApi();
  const explain = createClient(ExplainService, transport);
  await start("monday");
  const error = { kind: "USER", code: "RangeError", message: "too light", stack: undefined, retryable: false } as const;
  const thrown = [{ name: "RangeError", message: "too light", at: "shop.ts:3:9" }];
  const [queuedAt, startedAt, endedAt] = [new Date(1_000), new Date(3_000), new Date(4_000)];
  const attempts = [{ attempt: 1, phase: "FAILED", queuedAt, startedAt, endedAt, error } as const];
  engine.add(action("monday", "pack"), { phase: "FAILED", error: { ...error, thrown }, attempts });
  const none = { description: undefined, timeoutMs: undefined };
  const condition = { ...none, name: "approve", type: "boolean" as const, prompt: "Send it?", markdown: false };
  engine.add(action("monday", "ask"), { kind: "condition", name: "approve", condition, phase: "PAUSED", attempts: [] });
  const asked = { ...place, run: "monday", actions: ["pack", "ask", "nothing"] };
  const { actions } = await explain.explainActions(asked);
  expect(actions).toMatchObject([
    {
      action: "pack",
      error: "RangeError: too light (shop.ts:3:9)",
      prompt: "",
      attempts: [{ queuedAt: 1_000n, startedAt: 3_000n, endedAt: 4_000n }],
    },
    { action: "ask", error: "", prompt: "Send it?" },
  ]);
  engine.change(action("monday"), { phase: "PAUSED" });
  const { actions: roots } = await explain.explainActions({ ...place, runs: ["monday", "nobody"] });
  expect(roots).toMatchObject([{ run: "monday", action: "a0", prompt: "Send it?" }]);

  await start("tuesday");
  const event = { name: "paid", key: "7", timeoutMs: undefined, since: undefined };
  engine.add(action("tuesday", "wait"), { kind: "event", name: "paid", event, phase: "PAUSED", attempts: [] });
  engine.change(action("tuesday"), { phase: "PAUSED" });
  const waitsFor = "It waits for the event 'paid', key 7.";
  const { actions: waits } = await explain.explainActions({ ...place, run: "tuesday", actions: ["wait"] });
  const { actions: waiting } = await explain.explainActions({ ...place, runs: ["tuesday"] });
  expect([waits, waiting]).toMatchObject([[{ waitsFor, prompt: "" }], [{ waitsFor, prompt: "" }]]);

  const many = Array.from({ length: 201 }, (_, index) => `a${index}`);
  const refused = await failure(explain.explainActions({ ...place, run: "monday", actions: many }));
  expect(refused.code).toBe(Code.InvalidArgument);
});
