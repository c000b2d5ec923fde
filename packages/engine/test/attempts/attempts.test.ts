import { describe, expect, test } from "vitest";
import { ScriptError, type ScriptContext } from "../support/engine-workers.ts";
import { openWorld, settings, TestClock, turns, until, type World } from "../support/engine-world.ts";

const nothing = (): void => {};

const failing = {
  run: () => {
    throw new ScriptError({ code: "TypeError", message: "no" });
  },
};

/** Kills the shared worker of the first action, again and again. */
const loseShared = async (world: World, times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    await turns();
    world.workers.lose("a0", false);
  }
  await turns();
};

describe("a failed attempt", () => {
  test("is tried again as often as the task says, with longer and longer waits", async () => {
    const clock = new TestClock();
    const world = await openWorld({ fails: { ...failing, settings: { retries: 2 } } }, { clock });
    const run = await world.run("fails");
    await clock.advance(499);
    expect(world.workers.begun).toHaveLength(1);
    await clock.advance(1);
    expect(world.workers.begun).toHaveLength(2);
    await clock.advance(999);
    expect(world.workers.begun).toHaveLength(2);
    await clock.advance(1);
    const { root } = await world.end(run);
    expect(root).toMatchObject({ phase: "FAILED", error: { code: "TypeError", message: "no", kind: "USER" } });
    expect(root.attempts.map(({ attempt, phase }) => [attempt, phase])).toEqual([
      [1, "FAILED"],
      [2, "FAILED"],
      [3, "FAILED"],
    ]);
  });

  test("waits exactly as the task's own backoff says", async () => {
    const clock = new TestClock();
    const backoff = { baseMs: 100, factor: 3, capMs: 250 };
    const world = await openWorld({ fails: { ...failing, settings: { retries: 3, backoff } } }, { clock });
    const run = await world.run("fails");
    for (const ms of [100, 250, 250]) await clock.advance(ms);
    const { root } = await world.end(run);
    const starts = root.attempts.map(({ startedAt }) => Number(startedAt) - Number(root.attempts[0]?.startedAt));
    expect(starts).toEqual([0, 100, 350, 600]);
  });

  test("is the last if the error says that another would not help", async () => {
    const task = {
      run: () => {
        throw new ScriptError({ retryable: false });
      },
      settings: { retries: 5 },
    };
    const world = await openWorld({ task });
    const { root } = await world.end(await world.run("task"));
    expect(root.attempts).toHaveLength(1);
    expect(root.phase).toBe("FAILED");
  });

  test("of the platform's own making does not count, up to three times", async () => {
    const clock = new TestClock();
    const task = {
      run: () => {
        throw new ScriptError({ kind: "SYSTEM", code: "START_FAILED" });
      },
    };
    const world = await openWorld({ task }, { clock });
    const run = await world.run("task");
    await clock.advance(60_000);
    expect((await world.end(run)).root.attempts).toHaveLength(4);
  });

  test("has a message that is cut where it is long enough to read", async () => {
    const task = {
      run: () => {
        throw new ScriptError({ message: "x".repeat(1_000_000), retryable: false });
      },
    };
    const world = await openWorld({ task });
    const { root } = await world.end(await world.run("task"));
    expect(root.error?.message).toMatch(/^x{16384} \.\.\. \(983616 more characters\)$/);
  });

  test("gives its stack to the log, not to the API", async () => {
    const task = {
      run: () => {
        throw new ScriptError({ message: "broken", stack: "Error: broken\n    at task.ts:3" });
      },
    };
    const world = await openWorld({ task });
    const { root } = await world.end(await world.run("task"));
    expect(root.error?.stack).toBeUndefined();
    expect(world.lines).toContain("a0 1 platform     at task.ts:3");
  });
});

describe("a lost worker", () => {
  test("that others shared costs no attempt: it is tried again, and after the second time alone", async () => {
    let release = nothing;
    const task = {
      run: (_: unknown, { start }: { start: { attempt: number } }) =>
        start.attempt <= 2 ? new Promise<void>((resolve) => (release = resolve)) : "done",
    };
    const world = await openWorld({ task });
    const run = await world.run("task");
    await loseShared(world, 2);
    const { root } = await world.end(run);
    release();
    expect(root.phase).toBe("SUCCEEDED");
    expect(root.attempts.map(({ phase, error }) => [phase, error?.code])).toEqual([
      ["FAILED", "WORKER_LOST"],
      ["FAILED", "WORKER_LOST"],
      ["SUCCEEDED", undefined],
    ]);
    expect(world.workers.specs.map(({ isolated }) => isolated)).toEqual([false, false, true]);
  });

  test("gives no process of its own so soon to what only waited for others", async () => {
    let hangs = true;
    const child = { run: () => (hangs ? new Promise(() => {}) : "done") };
    const world = await openWorld({ top: { run: (_, { call }) => call("child", { x: 1 }) }, child });
    const run = await world.run("top");
    await loseShared(world, 3);
    await until(() => world.actions(run).length === 2);
    hangs = false;
    for (const { id } of world.actions(run).slice(1)) world.workers.lose(id.action, false);
    expect((await world.end(run)).root.phase).toBe("SUCCEEDED");
    expect(world.workers.specs.some(({ isolated }) => isolated)).toBe(false);
  });

  test("that it had alone counts as a failed attempt", async () => {
    const world = await openWorld({ task: { run: () => new Promise(() => {}) } });
    const run = await world.run("task");
    await loseShared(world, 2);
    world.workers.lose("a0", true);
    const { root } = await world.end(run);
    expect(root).toMatchObject({ phase: "FAILED", error: { code: "WORKER_LOST", kind: "SYSTEM" } });
    expect(root.attempts).toHaveLength(3);
  });
});

describe("time limits", () => {
  const waits = {
    run: () => new Promise(() => {}),
  };

  test("of an attempt's run time end it, and another may follow", async () => {
    const clock = new TestClock();
    const world = await openWorld({ waits: { ...waits, settings: { maxRuntimeMs: 1_000, retries: 1 } } }, { clock });
    const run = await world.run("waits");
    await clock.advance(10_000);
    const { root } = await world.end(run);
    expect(root.phase).toBe("TIMED_OUT");
    expect(root.error).toMatchObject({ code: "TIMED_OUT", message: "The attempt ran longer than 1 s." });
    expect(root.attempts.map(({ phase }) => phase)).toEqual(["TIMED_OUT", "TIMED_OUT"]);
  });

  test("of the queue end what could not start", async () => {
    const clock = new TestClock();
    const one = { ...waits, settings: { concurrency: 1, maxQueuedMs: 5_000 } };
    const world = await openWorld({ one }, { clock });
    const first = await world.run("one");
    const second = await world.run("one");
    await clock.advance(5_000);
    expect((await world.end(second)).root).toMatchObject({
      phase: "TIMED_OUT",
      error: { message: "It was in the queue for longer than 5 s." },
      startedAt: undefined,
    });
    await until(() => world.engine.getRun(first.id)?.root.phase === "RUNNING");
  });

  test("in total count from when the action was made, over restarts and changes of the clock", async () => {
    const clock = new TestClock();
    const world = await openWorld({ waits: { ...waits, settings: { deadlineMs: 10_000, retries: 9 } } }, { clock });
    const run = await world.run("waits");
    await clock.advance(4_000);
    const later = clock.restarted();
    later.jump(2_000);
    const next = await world.crash({ clock: later });
    // Somebody sets the clock back by a day: the limit stays.
    later.jump(-86_400_000);
    await later.advance(3_999);
    expect(next.engine.getRun(run.id)?.root.endedAt).toBeUndefined();
    await later.advance(1_001);
    const { root } = await next.end(run);
    expect(root).toMatchObject({ phase: "TIMED_OUT", error: { message: "It took longer than 10 s in all." } });
  });

  test("are not passed because the clock was set forwards", async () => {
    const clock = new TestClock();
    const limits = { deadlineMs: 10_000, maxRuntimeMs: 5_000 };
    const world = await openWorld({ waits: { ...waits, settings: limits } }, { clock });
    const run = await world.run("waits");
    await turns();
    clock.jump(3_600_000);
    await clock.advance(4_999);
    await until(() => world.engine.getRun(run.id)?.root.phase === "RUNNING");
    await clock.advance(1);
    expect((await world.end(run)).root.attempts).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });
});

describe("limits", () => {
  test("of a task hold for all its runs, and those that wait for children do not count", async () => {
    const releases: (() => void)[] = [];
    const leaf = {
      run: () => new Promise<void>((resolve) => releases.push(resolve)),
      settings: { ...settings, concurrency: 2 },
    };
    const parent = {
      run: (_: unknown, { call }: ScriptContext) => Promise.all([1, 2, 3].map((x) => call("leaf", { x }))),
      settings: { concurrency: 1 },
    };
    const world = await openWorld({ leaf, parent });
    const runs = [await world.run("parent"), await world.run("parent")];
    await turns();
    // Both parents run although one may: they wait. Of their six children two run.
    expect(world.workers.running).toBe(4);
    for (let count = 0; count < 6; count += 1) {
      releases.shift()?.();
      await turns();
      expect(world.workers.most).toBeLessThanOrEqual(4);
    }
    for (const run of runs) expect((await world.end(run)).root.phase).toBe("SUCCEEDED");
  });

  test("of the environment hold for all its tasks", async () => {
    let running = 0;
    let most = 0;
    const run = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await turns(3);
      running -= 1;
    };
    const world = await openWorld({
      one: { run, environmentConcurrency: 3 },
      other: { run, environmentConcurrency: 3 },
    });
    const runs = await Promise.all(Array.from({ length: 12 }, (_, x) => world.run(x % 2 === 0 ? "one" : "other")));
    for (const each of runs) expect((await world.end(each)).root.phase).toBe("SUCCEEDED");
    expect(most).toBe(3);
  });

  test("do not let a run with many actions keep out another", async () => {
    const order: string[] = [];
    const leaf = {
      run: async (_: unknown, { start }: { start: { run: string } }) => {
        order.push(start.run);
        await turns(1);
      },
      settings: { concurrency: 1 },
    };
    const many = {
      run: ({ x }: { x: number }, { call }: ScriptContext) =>
        Promise.all(Array.from({ length: x }, (_, index) => call("leaf", { x: index }))),
    };
    const world = await openWorld({ leaf, many });
    const large = await world.run("many", { x: 100 });
    await turns(4);
    const small = await world.run("many", { x: 3 });
    await world.end(small);
    const done = order.length;
    expect(order.filter((run) => run === small.id.run)).toHaveLength(3);
    expect(done).toBeLessThan(60);
    expect((await world.end(large)).root.phase).toBe("SUCCEEDED");
  });
});
