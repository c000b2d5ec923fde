import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { jsonLiteral, LiteralSchema } from "@appenv/protocol/tasks";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openWorld, until, type TestTask } from "../support/engine-world.ts";

const jsonSchema = {
  type: "object",
  properties: {
    approve: { type: "boolean" },
    amount: { type: "number", maximum: 500 },
    comment: { type: "string" },
  },
  required: ["approve", "amount"],
};
const schema = { type: { kind: "struct", jsonSchema }, jsonSchema } as const;
const json = (value: unknown): Uint8Array => toBinary(LiteralSchema, jsonLiteral(value));
const asks: TestTask = { run: (_, { condition }) => condition("approve", schema) };

async function refusalOf(signalled: Promise<unknown>): Promise<string> {
  return signalled.then(
    () => "",
    (error: unknown) => (AppEnvError.is(error) ? `${error.code} ${error.message}` : String(error)),
  );
}

test("a wrong answer is refused with the place of the mistake, and the question stays", async () => {
  const world = await openWorld({ asks });
  const run = await world.run("asks");
  await until(() => world.actions(run).some(({ phase, name }) => phase === "PAUSED" && name === "approve"));
  const wrong = json({ approve: true, amount: 501 });
  expect(await refusalOf(world.engine.signalByName(run.id, "approve", [wrong], "ada"))).toBe(
    "INVALID_INPUT The answer to the condition 'approve' does not fit: amount must be 500 or less, but is 501.",
  );
  expect(world.actions(run).find(({ name }) => name === "approve")?.phase).toBe("PAUSED");
  await world.engine.signalByName(run.id, "approve", [json({ approve: true, amount: 500 })], "ada");
  expect(world.value((await world.end(run)).root.id)).toEqual({ approve: true, amount: 500 });
});

const answer = fc.record(
  { approve: fc.boolean(), amount: fc.integer({ min: -9, max: 500 }), comment: fc.string({ unit: "grapheme" }) },
  { requiredKeys: ["approve", "amount"] },
);

test("an answer that was accepted is the one the task gets, and the one who gave it is known, if the platform dies then", async () => {
  await fc.assert(
    fc.asyncProperty(answer, fc.boolean(), fc.boolean(), async (given, early, crashes) => {
      const gate = Promise.withResolvers<void>();
      const task: TestTask = {
        run: async (inputs, context) => {
          await gate.promise;
          return asks.run(inputs, context);
        },
      };
      const world = await openWorld({ task });
      const run = await world.run("task");
      await until(() => world.workers.begun.length === 1);
      if (!early) {
        gate.resolve();
        await until(() => world.actions(run).some(({ phase, name }) => phase === "PAUSED" && name === "approve"));
      }
      expect(await world.engine.signalByName(run.id, "approve", [json(given)], "ada")).toBe(early);
      const next = crashes ? await world.crash() : world;
      gate.resolve();
      const { root } = await next.end(run);
      expect(next.value(root.id)).toEqual(given);
      const asked = next.actions(run).find(({ name }) => name === "approve");
      expect(asked && next.engine.answeredBy(asked.id)).toBe("ada");
    }),
    { numRuns: 30 },
  );
});
