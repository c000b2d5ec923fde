import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  AppEnvError,
  condition,
  group,
  map,
  NonRetryableError,
  run,
  TaskEnvironment,
  trace,
  type ConditionAnswer,
  type RunHandle,
} from "../../../src/index.ts";
import { currentRunContext } from "../../../src/internal.ts";
import { expectError } from "../../helpers.ts";
import { FakeRunContext } from "./fake-run-context.ts";

const env = new TaskEnvironment({ name: "jobs" });
const addOne = env.task({ name: "add_one", input: z.object({ x: z.int() }), output: z.int() }, ({ x }) => x + 1);
const inputs = (n: number) => Array.from({ length: n }, (_, x) => ({ x }));

function* breaking(): Generator<{ x: number }> {
  yield { x: 1 };
  throw new Error("no more inputs");
}

test("inside a run a task is asked of the context, in the group around it", async () => {
  const context = new FakeRunContext();
  expect(await context.run(() => addOne({ x: 1 }))).toBe("answer");
  await context.run(() =>
    group("outer", async () => [await addOne({ x: 2 }), await addOne({ x: 3 }, { group: "own" })]),
  );
  expect(context.asked).toEqual([
    { what: 'jobs.add_one {"x":1}', group: undefined },
    { what: 'jobs.add_one {"x":2}', group: "outer" },
    { what: 'jobs.add_one {"x":3}', group: "own" },
  ]);
  expect(currentRunContext()).toBe(undefined);
});

test("two copies of the package see one context, and each other's tasks and errors", async () => {
  const copy = (await import("../../../src/task/calls/current-run-context.ts?copy" as string)) as {
    currentRunContext: typeof currentRunContext;
  };
  const errors = (await import("../../../src/task/non-retryable-error.ts?copy" as string)) as {
    NonRetryableError: typeof NonRetryableError;
  };
  const context = new FakeRunContext();
  expect(copy.currentRunContext).not.toBe(currentRunContext);
  expect(context.run(() => copy.currentRunContext())).toBe(context);
  expect(NonRetryableError.is(new errors.NonRetryableError("no"))).toBe(true);
  expect([NonRetryableError.is(new Error("no")), NonRetryableError.is(null)]).toEqual([false, false]);
});

describe("map", () => {
  test("gives results in the order of the inputs, some calls at a time", async () => {
    const context = new FakeRunContext(({ x }: { x: number }) => x * 2);
    const results = await context.run(() => map(addOne, inputs(30), { concurrency: 4 }));
    expect(results).toEqual(inputs(30).map(({ x }) => x * 2));
    expect(context.open.most).toBe(4);
    expect(new Set(context.asked.map((one) => one.group))).toEqual(new Set(["add_one"]));
  });

  test("reads its inputs no faster than it calls", async () => {
    const context = new FakeRunContext();
    let read = 0;
    let most = 0;
    const slowly = async function* (): AsyncGenerator<{ x: number }> {
      for (; read < 20; read += 1) {
        most = Math.max(most, read - context.asked.length);
        yield { x: read };
      }
    };
    expect(await context.run(() => map(addOne, slowly(), { concurrency: 3 }))).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(3);
    expect(await map(addOne, new Set([{ x: 1 }]))).toEqual([2]);
    expect(await map(addOne, [])).toEqual([]);
  });

  test("ends with the first failure, and calls no more", async () => {
    const context = new FakeRunContext(({ x }: { x: number }) => {
      if (x === 5) throw new RangeError("the fifth");
    });
    let isClosed = false;
    const source = function* (): Generator<{ x: number }> {
      try {
        yield* inputs(1_000);
      } finally {
        isClosed = true;
      }
    };
    const mapped = context.run(() => map(addOne, source(), { concurrency: 2 }));
    await expect(mapped).rejects.toThrow("the fifth");
    await expect.poll(() => isClosed).toBe(true);
    expect(context.asked.length).toBeLessThan(10);
  });

  test("settled: goes on, and tells what became of each", async () => {
    const context = new FakeRunContext(({ x }: { x: number }) => {
      if (x === 1) throw new RangeError("the first");
      return x;
    });
    const results = await context.run(() => map(addOne, inputs(3), { settled: true, group: "named" }));
    expectTypeOf(results).toEqualTypeOf<PromiseSettledResult<number>[]>();
    expect(results).toMatchObject([
      { status: "fulfilled", value: 0 },
      { status: "rejected", reason: { message: "the first" } },
      { status: "fulfilled", value: 2 },
    ]);
    expect(context.asked[0]?.group).toBe("named");
  });

  test("inputs that throw end it", async () => {
    await expect(map(addOne, breaking())).rejects.toThrow("no more inputs");
    await expect(map(addOne, breaking(), { settled: true })).rejects.toThrow("no more inputs");
  });

  test("refuses what is no task, no list, and no number", async () => {
    await expect(map((() => 1) as never, [])).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(map(addOne, 5 as never)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(map(addOne, [], { concurrency: 0 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    // @ts-expect-error a text is no number
    await expect(map(addOne, [{ x: "1" }])).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("trace", () => {
  test("is asked of the context with its arguments; outside a run it just runs", async () => {
    const double = trace("double", (x: number) => x * 2);
    expectTypeOf(double).toEqualTypeOf<(...args: [x: number]) => Promise<number>>();
    const context = new FakeRunContext();
    expect(await context.run(() => double(2))).toBe(4);
    expect(context.asked).toEqual([{ what: "trace double [2]", group: undefined }]);
    expect([await double(4), double.name]).toEqual([8, "double"]);
  });

  test("with a schema its result is what that makes of it", async () => {
    const measure = trace({ name: "measure", output: z.object({ n: z.int() }) }, async (text: string) => ({
      n: text.length,
    }));
    expectTypeOf(await measure("abc")).toEqualTypeOf<{ n: number }>();
    expect(await measure("abc")).toEqual({ n: 3 });
    const wrong = trace({ name: "wrong", output: z.int() }, () => 1.5);
    await expect(wrong()).rejects.toMatchObject({
      code: "INVALID_OUTPUT",
      message: expect.stringContaining("'wrong'"),
    });
  });

  test("is checked when it is made", () => {
    expectError(() => trace("", () => 1), "INVALID_OPTION", "name of a trace");
    expectError(() => trace("x", undefined as never), "INVALID_OPTION", "a function");
    expectError(() => trace({ name: "x", output: z.function() }, () => 1 as never), "NO_LITERAL_TYPE", "trace 'x'");
  });
});

describe("condition", () => {
  test("asks the context, with defaults; outside a run there is nobody to ask", async () => {
    const context = new FakeRunContext();
    const answer = await context.run(() => condition({ name: "release" }));
    expectTypeOf(answer).toEqualTypeOf<boolean>();
    expect(JSON.parse(context.asked[0]?.what ?? "")).toEqual({
      name: "release",
      prompt: "Approve?",
      markdown: false,
      type: "boolean",
    });
    await expect(condition({ name: "release" })).rejects.toMatchObject({ code: "NOT_IN_RUN" });
    expectTypeOf(condition<"string">).returns.toEqualTypeOf<ConditionAnswer<string>>();
    expect(await context.run(() => condition({ name: "release" }).link)).toBe("link");
  });

  test("takes a schema, whose output is the answer", async () => {
    const context = new FakeRunContext();
    const schema = z.object({ approve: z.boolean(), days: z.string().transform(Number).pipe(z.int()) });
    const answer = condition({ name: "release", schema });
    expectTypeOf(answer).toEqualTypeOf<ConditionAnswer<{ approve: boolean; days: number }>>();
    answer.catch(() => {});
    await context.run(() => condition({ name: "release", schema }));
    expect(JSON.parse(context.asked[0]?.what ?? "")).toMatchObject({
      type: "struct",
      schema: {
        type: { kind: "struct" },
        jsonSchema: { properties: { approve: { type: "boolean" }, days: { type: "string" } } },
      },
    });
  });

  test("is checked", async () => {
    const both = condition({ name: "x", type: "string", schema: z.string() });
    await expect(both).rejects.toMatchObject({ code: "INVALID_OPTION" });
    const unwritable = condition({ name: "x", schema: z.map(z.string(), z.int()) });
    await expect(unwritable).rejects.toThrow(/NO_LITERAL_TYPE|schema of condition 'x'/);
    await expect(condition({ name: "" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(condition({ name: "x", type: "date" as never })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(condition({ name: "x", timeout: "soon" })).rejects.toMatchObject({ code: "INVALID_DURATION" });
  });
});

test("a group has a name, and outside a run it just runs", () => {
  expect(group("named", () => 5)).toBe(5);
  expectError(() => group("", () => 5), "INVALID_OPTION", "name of a group");
});

test("types: run takes what the task takes, and gives what it gives", () => {
  const nothing = env.task({ name: "nothing" }, () => {});
  const calls = [
    () => run(addOne, { x: 1 }),
    () => run(nothing),
    () => run(nothing, undefined, { name: "named" }),
    // @ts-expect-error a text is no number
    () => run(addOne, { x: "1" }),
    // @ts-expect-error its input is needed
    () => run(addOne),
    // @ts-expect-error there is no such input
    () => run(addOne, { x: 1, y: 2 }),
  ];
  expect(calls).toHaveLength(6);
  expectTypeOf<ReturnType<typeof run<{ x: number }, number>>>().toEqualTypeOf<Promise<RunHandle<number>>>();
  expectTypeOf<Awaited<ReturnType<RunHandle<number>["outputs"]>>>().toEqualTypeOf<number>();
  expect(AppEnvError.is(undefined)).toBe(false);
});
