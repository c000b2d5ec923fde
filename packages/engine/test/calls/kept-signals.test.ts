import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { LiteralSchema, toLiteral } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { openWorld, turns, until, type TestTask } from "../support/engine-world.ts";

const literal = (kind: "boolean" | "integer" | "string", value: unknown): Uint8Array =>
  toBinary(LiteralSchema, toLiteral({ kind }, value));
const yes = literal("boolean", true);

async function codeOf(signalled: Promise<unknown>): Promise<string> {
  return signalled.then(
    () => "",
    (error: unknown) => (AppEnvError.is(error) ? error.code : String(error)),
  );
}

/** A task that asks once the test lets it. */
function asking(names: readonly string[], type: "boolean" | "integer" | "string"): TestTask & { go(): void } {
  const gate = Promise.withResolvers<void>();
  const run: TestTask["run"] = async (_, { condition }) => {
    await gate.promise;
    const values = [];
    for (const name of names) values.push(await condition(name, type));
    return values;
  };
  return { run, go: () => gate.resolve() };
}

test("a value signalled before its condition waits is kept for it, also over a restart", async () => {
  const task = asking(["first", "second"], "integer");
  const world = await openWorld({ task });
  const run = await world.run("task");
  await until(() => world.workers.begun.length === 1);
  // Texts as people type them: the condition decides their type.
  const asText = [literal("boolean", true), literal("integer", 7), literal("string", "7")];
  expect(await world.engine.signalByName(run.id, "second", asText)).toBe(true);
  expect(await world.engine.signalByName(run.id, "first", [literal("integer", 1)])).toBe(true);
  expect(await codeOf(world.engine.signalByName(run.id, "first", [yes]))).toBe("CONDITION_NOT_WAITING");
  const next = await world.crash();
  task.go();
  const { root } = await next.end(run);
  expect(next.value(root.id)).toEqual([1, 7]);
  expect(next.store.database.prepare("SELECT * FROM kept_signals").all()).toEqual([]);
  expect(await codeOf(next.engine.signalByName(run.id, "first", [yes]))).toBe("CONDITION_NOT_WAITING");
  expect(await codeOf(next.engine.signalByName(run.id, "third", [yes]))).toBe("NOT_FOUND");
});

const asks: TestTask = {
  run: async (_, { condition, call }) => {
    const answer = await condition("approve", "boolean");
    await call("task", { x: 1 });
    return answer;
  },
};

test("a condition that was answered once keeps no value for the next of its name", async () => {
  const gate = Promise.withResolvers<void>();
  const world = await openWorld({ asks, task: { run: () => gate.promise } });
  const made = await world.run("asks");
  await until(() => world.actions(made).some(({ phase, name }) => phase === "PAUSED" && name === "approve"));
  expect(await world.engine.signalByName(made.id, "approve", [yes])).toBe(false);
  await until(() => world.workers.begun.length === 2);
  // Twice by mistake: whoever answers for one order does not answer for the next.
  expect(await codeOf(world.engine.signalByName(made.id, "approve", [yes]))).toBe("CONDITION_NOT_WAITING");
  gate.resolve();
  await world.end(made);
});

test("a value that does not fit is left out, and the log says so", async () => {
  const task = asking(["count"], "integer");
  const world = await openWorld({ task });
  const run = await world.run("task");
  await world.engine.signalByName(run.id, "count", [literal("string", "many")]);
  task.go();
  await until(() => world.lines.some((line) => line.includes("before the condition 'count' waited is left out")));
  await turns();
  expect(await world.engine.signalByName(run.id, "count", [literal("integer", 3)])).toBe(false);
  expect(world.value((await world.end(run)).root.id)).toEqual([3]);
});

test("as many are kept as a run may need, and no more", async () => {
  const world = await openWorld({ task: asking([], "string") });
  const run = await world.run("task");
  await Promise.all(
    Array.from({ length: 100 }, (_, index) => world.engine.signalByName(run.id, `condition ${index}`, [yes])),
  );
  expect(await codeOf(world.engine.signalByName(run.id, "one more", [yes]))).toBe("INVALID_INPUT");
  expect(await codeOf(world.engine.signalByName(run.id, "x".repeat(64), [yes]))).toBe("INVALID_OPTION");
  const large = literal("string", "x".repeat(2 ** 20));
  await world.engine.abort({ ...run.id, action: "a0" }, "enough");
  await world.end(run);
  const other = await world.run("task");
  expect(await codeOf(world.engine.signalByName(other.id, "large", [large]))).toBe("PAYLOAD_TOO_LARGE");
  expect(world.store.database.prepare("SELECT * FROM kept_signals").all()).toEqual([]);
});
