import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  AppEnvError,
  cron,
  FlyteFile,
  TaskEnvironment,
  triggerTime,
  type TaskContext,
  type TaskFunction,
} from "../../src/index.ts";
import { isTask, taskEnvironments } from "../../src/internal.ts";
import { expectError } from "../helpers.ts";

const environment = () => new TaskEnvironment({ name: "jobs" });
const x = z.object({ x: z.int() });
const define = (options: object, env = environment()) => env.task({ name: "job", input: x, ...options }, () => {});

describe("an environment of tasks", () => {
  test("has defaults", () => {
    const env = environment();
    expect(env).toMatchObject({ name: "jobs", concurrency: undefined, cache: { behavior: "disable" } });
    expect(env.reusable).toEqual({ replicas: expect.any(Number), concurrency: 100, idleTtlMs: 30_000 });
    expect(taskEnvironments()).toContain(env);
  });

  test.each([
    [{ concurrency: 0 }, "concurrency"],
    [{ reusable: { replicas: 1.5 } }, "reusable.replicas"],
    [{ reusable: { concurrency: "many" } }, "reusable.concurrency"],
    [{ reusable: 5 }, "reusable"],
    [{ cache: "always" }, "cache"],
    [{ cache: { behavior: "override" } }, "cache.versionOverride"],
  ])("%j is refused", (options, named) => {
    expectError(() => new TaskEnvironment({ name: "jobs", ...(options as object) }), "INVALID_OPTION", named);
  });

  test("knows its tasks, each once", () => {
    const env = environment();
    const task = define({}, env);
    expect([...env.tasks]).toEqual([["job", task]]);
    expectError(() => define({}, env), "DUPLICATE_TASK", "'jobs' has two tasks 'job'");
  });
});

describe("a task", () => {
  test("has its settings, with defaults filled in", () => {
    const task = define({ description: "What it does", shortName: "a job", output: z.int() });
    expect([task.name, task.taskName, task.fullName, task.triggers]).toEqual(["job", "job", "jobs.job", []]);
    expect(task.settings).toEqual({
      description: "What it does",
      shortName: "a job",
      retries: 0,
      backoff: undefined,
      maxRuntimeMs: undefined,
      maxQueuedMs: undefined,
      deadlineMs: undefined,
      cache: { behavior: "disable", version: "", serialize: false, ignoredInputs: [], salt: "" },
      report: false,
      maxInlineBytes: 10 * 2 ** 20,
      isolated: false,
      concurrency: undefined,
      interruptible: false,
    });
    expect(task.interface).toMatchObject({ inputs: [{ name: "x", type: { kind: "integer" } }] });
    expect([isTask(task), isTask(() => 1), isTask({})]).toEqual([true, false, false]);
  });

  test("reads durations, retries and the environment's own defaults", () => {
    const env = new TaskEnvironment({
      name: "jobs",
      interruptible: true,
      cache: { behavior: "override", versionOverride: "2" },
    });
    const { settings } = define(
      {
        retries: { count: 3, backoff: { base: "1s", factor: 2, cap: "1m" } },
        timeout: { maxRuntime: "5m", deadline: 3600 },
      },
      env,
    );
    expect(settings).toMatchObject({
      retries: 3,
      backoff: { baseMs: 1_000, factor: 2, capMs: 60_000 },
      maxRuntimeMs: 300_000,
      maxQueuedMs: undefined,
      deadlineMs: 3_600_000,
      interruptible: true,
      cache: { behavior: "override", version: "2" },
    });
    expect(define({ timeout: "30s" }).settings.maxRuntimeMs).toBe(30_000);
    expect(define({ timeout: 0 }).settings.maxRuntimeMs).toBe(undefined);
    expect(define({ retries: { count: 1, backoff: { base: 2 } } }).settings.backoff).toEqual({
      baseMs: 2_000,
      factor: 1,
      capMs: 2_000,
    });
  });

  test("with an automatic cache, its version is that of its source", () => {
    const env = environment();
    const version = (name: string, run: (input: { x: number }) => void) =>
      env.task({ name, input: x, cache: "auto" }, run).settings.cache.version;
    const first = version("a", ({ x: value }) => void value);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(version("b", ({ x: value }) => void value)).toBe(first);
    expect(version("c", ({ x: value }) => void (value + 1))).not.toBe(first);
  });

  test.each([
    [{ name: "" }, "name of a task"],
    [{ name: "a.b" }, "name of a task"],
    [{ name: "a b" }, "name of a task"],
    [{ name: "a".repeat(64) }, "name of a task"],
    [{ retries: -1 }, "retries of task 'job'"],
    [{ retries: null }, "retries of task 'job'"],
    [{ retries: { count: "2" } }, "retries.count"],
    [{ retries: { count: 1, backoff: { base: 1, factor: 2 } } }, "retries.backoff.cap"],
    [{ retries: { count: 1, backoff: { base: 1, factor: 0 } } }, "retries.backoff.factor"],
    [{ timeout: { maxRunTime: 5 } }, "timeout of task 'job'"],
    [{ cache: "maybe" }, "cache of task 'job'"],
    [{ cache: { behavior: "auto", versionOverride: "1" } }, "versionOverride"],
    [{ cache: { behavior: "auto", ignoredInputs: ["y"] } }, "ignoredInputs"],
    [{ cache: { behavior: "auto", ignored: ["x"] } }, "ignored"],
    [{ report: "yes" }, "report"],
    [{ maxInlineBytes: 0 }, "maxInlineBytes"],
    [{ isolated: 1 }, "isolated"],
    [{ concurrency: 0.5 }, "concurrency"],
    [{ shortName: "a".repeat(64) }, "shortName"],
    [{ retry: 3 }, "The task 'job' has no option 'retry'"],
    [{ triggers: {} }, "triggers"],
  ])("%j is refused when it is defined", (options, named) => {
    expectError(() => define(options as object), "INVALID_OPTION", named);
  });

  test("a wrong duration, no function, and what has no type are refused too", () => {
    expectError(() => define({ timeout: "soon" }), "INVALID_DURATION", "timeout of task 'job'");
    expectError(() => environment().task({ name: "job" }, undefined as never), "INVALID_OPTION", "a function");
    expectError(() => environment().task(undefined as never, () => {}), "INVALID_OPTION", "an object");
    expectError(() => define({ input: z.int() }), "NO_LITERAL_TYPE", "task 'job'");
    expectError(() => define({ output: z.function() }), "NO_LITERAL_TYPE", "task 'job'");
  });
});

describe("triggers", () => {
  const automation = cron("@daily");
  const at = z.object({ x: z.int(), at: z.date().optional() });

  test("are kept with what they give", () => {
    const triggers = [{ name: "daily", automation, inputs: { x: 1, at: triggerTime } }];
    expect(define({ input: at, triggers }).triggers).toEqual(triggers);
  });

  test.each([
    [{ name: "no name" }, "INVALID_OPTION", "a name in triggers"],
    [{ automation: "@daily" }, "INVALID_OPTION", "made by `cron` or `fixedRate`"],
    [{ inputs: { x: triggerTime, at: triggerTime } }, "INVALID_OPTION", "at most once"],
    [{ inputs: { y: 1 } }, "INVALID_INPUT", "gives 'y', which the task does not take"],
    [{ inputs: { x: "1" } }, "INVALID_INPUT", "x: Invalid input"],
    [{}, "INVALID_INPUT", "x: Invalid input"],
    [{ inputs: { x: triggerTime } }, "INVALID_INPUT", "received Date"],
    [{ inputs: { x: 1 }, labels: { team: 5 } }, "INVALID_OPTION", "labels of trigger 'daily'"],
  ] as const)("%j is refused", (options, code, named) => {
    const triggers = [{ name: "daily", automation, ...options }];
    expectError(() => define({ input: at, triggers }), code, named);
  });

  test("have names of their own", () => {
    const trigger = { name: "daily", automation, inputs: { x: 1 } };
    expectError(() => define({ triggers: [trigger, trigger] }), "INVALID_OPTION", '"daily"', "once each");
  });
});

describe("called outside a run, a task is a plain function", () => {
  test("with input and output as the schemas make them", async () => {
    const task = environment().task(
      {
        name: "job",
        input: z.object({ text: z.string().transform((text) => text.trim()), times: z.int().default(2) }),
        output: z
          .string()
          .transform((text) => text.length)
          .pipe(z.int()),
      },
      ({ text, times }) => text.repeat(times),
    );
    expect(await task({ text: " ab " })).toBe(4);
    expect(await task({ text: "ab", times: 3 })).toBe(6);
  });

  test("a misfit is named with its path", async () => {
    const task = environment().task(
      { name: "job", input: z.object({ list: z.array(z.object({ n: z.int() })) }), output: z.int() },
      () => "text" as never,
    );
    await expect(task({ list: [{ n: 1 }, { n: 1.5 }] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringMatching(/^The input of 'jobs\.job' does not fit its schema: list\[1\]\.n: Invalid input/),
    });
    await expect(task({ list: [] })).rejects.toMatchObject({ code: "INVALID_OUTPUT" });
  });

  test("a schema may take its time, and is asked once", async () => {
    let asked = 0;
    const slow = z.string().refine(async (text) => {
      asked += 1;
      return text !== "wrong";
    });
    const task = environment().task({ name: "job", input: z.object({ slow }) }, () => {});
    await task({ slow: "right" });
    asked = 0;
    await expect(task({ slow: "wrong" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(asked).toBe(1);
  });

  test("one that takes and gives nothing says so", async () => {
    const nothing = environment().task({ name: "nothing" }, (input) => void expect(input).toEqual({}));
    expect(await nothing()).toBe(undefined);
    await expect(nothing({ x: 1 } as never)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const surprising = environment().task({ name: "surprising" }, () => 5 as never);
    await expect(surprising()).rejects.toMatchObject({
      code: "INVALID_OUTPUT",
      fix: expect.stringContaining("`output`"),
    });
  });

  test("with a context of this process", async () => {
    const contexts: TaskContext[] = [];
    const task = environment().task({ name: "job" }, async (_input, ctx) => {
      contexts.push(ctx);
      ctx.progress(1, 2);
      ctx.report.append("<p>");
      await ctx.report.flush();
    });
    await task();
    expect(contexts[0]).toMatchObject({ run: "local", action: "a0", task: "jobs.job", attempt: 1, labels: {} });
    expect(contexts[0]?.signal.aborted).toBe(false);
  });

  test("an error that it throws comes through unchanged", async () => {
    const error = new RangeError("mine");
    const task = environment().task({ name: "job" }, () => {
      throw error;
    });
    await expect(task()).rejects.toBe(error);
    const failing = environment().task({ name: "failing" }, () =>
      Promise.reject(new AppEnvError("UNREACHABLE", "away")),
    );
    await expect(failing()).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
});

test("types: what goes in and what comes out", async () => {
  const env = environment();
  const task = env.task(
    { name: "job", input: z.object({ x: z.int(), at: z.date().optional() }), output: z.object({ y: z.string() }) },
    ({ x: value, at }, ctx) => {
      expectTypeOf(value).toEqualTypeOf<number>();
      expectTypeOf(at).toEqualTypeOf<Date | undefined>();
      expectTypeOf(ctx).toEqualTypeOf<TaskContext>();
      return { y: String(value) };
    },
  );
  expectTypeOf(await task({ x: 1 })).toEqualTypeOf<{ y: string }>();
  expectTypeOf(task).toExtend<TaskFunction>();
  // @ts-expect-error a text is no number
  await expect(task({ x: "1" })).rejects.toBeDefined();
  // @ts-expect-error its input is needed
  await expect(task()).rejects.toBeDefined();

  const optional = env.task(
    { name: "optional", input: z.object({ x: z.int().default(1) }), output: z.int() },
    (input) => input.x,
  );
  expectTypeOf(await optional()).toEqualTypeOf<number>();
  expect(await optional()).toBe(1);

  // @ts-expect-error a number was promised
  env.task({ name: "wrong", output: z.int() }, () => "text");
  // @ts-expect-error nothing was promised
  env.task({ name: "more" }, async () => 5);
  const files = env.task({ name: "files", input: z.object({ file: z.instanceof(FlyteFile) }) }, ({ file }) => {
    expectTypeOf(file).toEqualTypeOf<FlyteFile>();
  });
  expectTypeOf(await files({ file: new FlyteFile("a") })).toEqualTypeOf<void>();
});
