import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { openWorld, TestClock, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const dayMs = 86_400_000;

const tasks: Record<string, TestTask> = {
  naps: {
    run: async (_, { sleep }) => {
      await sleep({ ms: 30 * dayMs });
      return "rested";
    },
  },
  wakes: {
    run: async ({ x }, { sleep }) => {
      await sleep({ until: x });
      return "rested";
    },
    inputs: { x: { kind: "integer" } },
  },
  works: { run: () => "worked", environmentConcurrency: 1 },
};

function sleeping(world: World, run: RunRecord) {
  return world.actions(run).find(({ name }) => name === "sleep");
}

async function asleep(world: World, run: RunRecord): Promise<void> {
  await until(() => sleeping(world, run) !== undefined);
}

describe("a sleep", () => {
  test("is an action of its own, is over when its time is, and longer than a timer of Node can be", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const run = await world.run("naps");
    await asleep(world, run);
    const action = world.engine.getAction(sleeping(world, run)?.id ?? run.root.id);
    expect(action).toMatchObject({ kind: "sleep", phase: "RUNNING", until: new Date(clock.now() + 30 * dayMs) });
    await clock.advance(30 * dayMs - 1);
    expect(sleeping(world, run)?.phase).toBe("RUNNING");
    await clock.advance(1);
    expect(world.value((await world.end(run)).root.id)).toBe("rested");
  });

  test("holds no place: others run meanwhile, however many sleep", async () => {
    const clock = new TestClock();
    const one: Partial<TestTask> = {
      environmentConcurrency: 1,
      reusable: { replicas: 1, concurrency: 1, idleTtlMs: 1_000 },
    };
    const world = await openWorld(
      { naps: { ...tasks["naps"], ...one } as TestTask, works: { run: () => "worked", ...one } },
      { clock },
    );
    const sleepers = [await world.run("naps"), await world.run("naps"), await world.run("naps")];
    for (const run of sleepers) await asleep(world, run);
    expect(await world.output("works")).toBe("worked");
  });

  test("ends when it was to end, whatever restarts meanwhile and however long that takes", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const run = await world.run("naps");
    await asleep(world, run);
    await clock.advance(10 * dayMs);
    const later = clock.restarted();
    await later.advance(5 * dayMs);
    const second = await world.crash({ clock: later });
    await turns();
    second.workers.lose("a0", false);
    await later.advance(15 * dayMs - 1);
    expect(sleeping(second, run)?.phase).toBe("RUNNING");
    await later.advance(1);
    expect(second.value((await second.end(run)).root.id)).toBe("rested");
    expect(second.actions(run).map(({ name }) => name)).toEqual(["env.naps", "sleep"]);
  });

  test("that was over while no platform ran is over at once, and is not slept again by another attempt", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const run = await world.run("naps");
    await asleep(world, run);
    const later = clock.restarted();
    await later.advance(40 * dayMs);
    const second = await world.crash({ clock: later });
    expect(second.value((await second.end(run)).root.id)).toBe("rested");
  });

  test("follows a clock that is set forward, as after the sleep of a machine, and is no longer for one that is set back", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const [forward, back] = [await world.run("naps"), await world.run("naps")];
    await asleep(world, back);
    clock.jump(-dayMs);
    await clock.advance(30 * dayMs - 1);
    expect([sleeping(world, forward)?.phase, sleeping(world, back)?.phase]).toEqual(["RUNNING", "RUNNING"]);
    await clock.advance(1);
    expect((await world.end(back)).root.phase).toBe("SUCCEEDED");
    const third = await world.run("naps");
    await asleep(world, third);
    clock.jump(31 * dayMs);
    await clock.advance(60_000);
    expect((await world.end(third)).root.phase).toBe("SUCCEEDED");
  });

  test("until a moment that is over takes no time", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    expect(await world.output("wakes", { x: clock.now() - 1 })).toBe("rested");
  });

  test("ends with its run", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const run = await world.run("naps");
    await asleep(world, run);
    await world.engine.abort(run.root.id, "enough");
    expect((await world.end(run)).root.phase).toBe("ABORTED");
    expect(sleeping(world, run)?.phase).toBe("ABORTED");
    await clock.advance(31 * dayMs);
    expect(sleeping(world, run)?.phase).toBe("ABORTED");
  });

  test("is not slept again by a run that recovers another one", async () => {
    const clock = new TestClock();
    let fails = true;
    const world = await openWorld(
      {
        once: {
          run: async (_, { sleep }) => {
            await sleep({ ms: dayMs });
            if (fails) throw new Error("no");
            return "rested";
          },
        },
      },
      { clock },
    );
    const run = await world.run("once");
    await asleep(world, run);
    await clock.advance(dayMs);
    await world.end(run);
    fails = false;
    const again = await world.end(await world.run("once", { x: 1 }, { recover: run.id.run }));
    expect(world.actions(again).map(({ phase }) => phase)).toEqual(["SUCCEEDED", "RECOVERED"]);
  });
});
