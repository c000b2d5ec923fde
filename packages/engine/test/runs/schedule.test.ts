import { toScheduleAnnotations } from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import type { NewRun, RunRecord } from "../../src/contracts/runs.ts";
import { openWorld, plain, TestClock, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const minuteMs = 60_000;

const tasks: Record<string, TestTask> = { works: { run: () => "worked" } };

function scheduled(schedule: Parameters<typeof toScheduleAnnotations>[0], more: Partial<NewRun> = {}): Partial<NewRun> {
  return { settings: { ...plain, annotations: toScheduleAnnotations(schedule) }, ...more };
}

function phase(world: World, run: RunRecord): string | undefined {
  return world.engine.getRun(run.id)?.root.phase;
}

describe("a run that is delayed", () => {
  test("begins when it is due, and tells when that is", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const run = await world.run("works", { x: 1 }, scheduled({ delayMs: 10 * minuteMs }));
    const at = new Date(clock.now() + 10 * minuteMs);
    expect([run.root.scheduledAt, world.engine.getRun(run.id)?.root.scheduledAt]).toEqual([at, at]);
    expect(world.engine.whyWaiting(run.root.id)).toEqual({ kind: "schedule", at });
    await clock.advance(10 * minuteMs - 1);
    expect([phase(world, run), world.workers.begun]).toEqual(["QUEUED", []]);
    await clock.advance(1);
    expect((await world.end(run)).root).toMatchObject({ phase: "SUCCEEDED", startedAt: at });
  });

  test("begins at once if its moment is over, whatever the clock was", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const run = await world.run("works", { x: 1 }, scheduled({ startAt: new Date(clock.now() - 1) }));
    expect(run.root.scheduledAt).toBeUndefined();
    expect((await world.end(run)).root.phase).toBe("SUCCEEDED");
  });

  test("keeps its time through restarts, and has its total time from its start", async () => {
    const clock = new TestClock();
    const slow: TestTask = { run: () => new Promise(() => {}), settings: { deadlineMs: minuteMs } };
    const world = await openWorld({ ...tasks, slow }, { clock });
    const [quick, late] = [
      await world.run("works", { x: 1 }, scheduled({ delayMs: 10 * minuteMs })),
      await world.run("slow", { x: 1 }, scheduled({ delayMs: 10 * minuteMs })),
    ];
    const later = clock.restarted();
    await later.advance(9 * minuteMs);
    const second = await world.crash({ clock: later });
    await turns();
    expect(second.workers.begun).toEqual([]);
    await later.advance(minuteMs);
    expect((await second.end(quick)).root.phase).toBe("SUCCEEDED");
    await until(() => phase(second, late) === "RUNNING");
    await later.advance(minuteMs - 1);
    expect(phase(second, late)).toBe("RUNNING");
    await later.advance(1_001);
    expect((await second.end(late)).root.phase).toBe("TIMED_OUT");
  });

  test("is started once by one key, and is aborted while it waits", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const asked = scheduled({ delayMs: minuteMs }, { idempotencyKey: "once" });
    const run = await world.run("works", { x: 1 }, asked);
    await clock.advance(1_000);
    const again = await world.run("works", { x: 1 }, asked);
    expect([again.id.run, again.root.scheduledAt]).toEqual([run.id.run, run.root.scheduledAt]);
    await world.engine.abort(run.root.id, "enough");
    expect((await world.end(run)).root.phase).toBe("ABORTED");
    await clock.advance(2 * minuteMs);
    expect(world.workers.begun).toEqual([]);
  });

  test("is refused with a time that cannot be read", async () => {
    const world = await openWorld(tasks);
    const settings = { ...plain, annotations: { "appenv.dev/delay": "soon" } };
    await expect(world.run("works", { x: 1 }, { settings })).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });
});

describe("a run with a time to live", () => {
  const busy: Record<string, TestTask> = {
    works: { run: () => "worked", environmentConcurrency: 1 },
    blocks: { run: () => new Promise(() => {}), environmentConcurrency: 1 },
  };

  test("expires if it has not begun by then, and not once it has begun", async () => {
    const clock = new TestClock();
    const world = await openWorld(busy, { clock });
    const blocking = await world.run("blocks", { x: 1 }, scheduled({ ttlMs: minuteMs }));
    await until(() => phase(world, blocking) === "RUNNING");
    const waiting = await world.run("works", { x: 1 }, scheduled({ ttlMs: minuteMs, delayMs: minuteMs }));
    await clock.advance(2 * minuteMs - 1);
    expect(phase(world, waiting)).toBe("QUEUED");
    await clock.advance(1);
    const { root } = await world.end(waiting);
    expect(root).toMatchObject({ phase: "TIMED_OUT", error: { code: "RUN_EXPIRED" }, startedAt: undefined });
    expect(phase(world, blocking)).toBe("RUNNING");
  });

  test("that was over while no platform ran does not begin", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const run = await world.run("works", { x: 1 }, scheduled({ delayMs: minuteMs, ttlMs: minuteMs }));
    const later = clock.restarted();
    await later.advance(3 * minuteMs);
    const second = await world.crash({ clock: later });
    expect((await second.end(run)).root.error?.code).toBe("RUN_EXPIRED");
    expect(second.workers.begun).toEqual([]);
  });
});
