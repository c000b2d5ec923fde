import { encodeValue } from "@appenv/protocol/tasks";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../src/contracts/events.ts";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { openWorld, TestClock, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const dayMs = 86_400_000;
const place = { project: "flytesnacks", domain: "development" };

const tasks: Record<string, TestTask> = {
  one: { run: (_, { waitFor }) => waitFor("paid") },
  keyed: { run: (_, { waitFor }) => waitFor("paid", { key: "a" }) },
  three: {
    run: async (_, { waitFor }) => (await Promise.all([waitFor("paid"), waitFor("paid"), waitFor("paid")])).join(),
  },
  late: { run: async (_, { sleep, waitFor }) => (await sleep({ ms: 60_000 }), waitFor("paid", { since: 0 })) },
  limited: { run: (_, { waitFor }) => waitFor("paid", { timeoutMs: 60_000 }) },
};

function sent(world: World, value: unknown, more: Partial<NewEvent> = {}) {
  const event = { ...place, name: "paid", key: "", value: encodeValue(value), keepMs: dayMs, sender: "test", ...more };
  return world.engine.sendEvent(event);
}

/** Resolves when a run waits for so many events. */
async function waits(world: World, run: RunRecord, count = 1): Promise<void> {
  await until(
    () => world.actions(run).filter(({ name, phase }) => name === "paid" && phase === "PAUSED").length === count,
  );
}

async function result(world: World, run: RunRecord): Promise<unknown> {
  const { root } = await world.end(run);
  return root.phase === "SUCCEEDED" ? world.value(root.id) : root.error?.message;
}

describe("an event", () => {
  test("is given to each run that waits for it, and to those that do later while it is kept", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    const [first, second] = [await world.run("one"), await world.run("one")];
    await waits(world, first);
    await waits(world, second);
    const everywhere = { project: "", domain: "", name: "", limit: 10 };
    const waiting = [first, second].map(({ id: { run } }) => ({ ...place, name: "paid", key: "", run }));
    expect(world.engine.listEventWaits(everywhere)).toMatchObject(waiting);
    expect(world.engine.listEventWaits({ ...everywhere, project: "other" })).toEqual([]);
    expect(await sent(world, 5)).toMatchObject({ delivered: 2 });
    expect([await result(world, first), await result(world, second)]).toEqual([5, 5]);
    expect(await result(world, await world.run("one"))).toBe(5);
    await clock.advance(dayMs);
    const late = await world.run("one");
    await waits(world, late);
    expect(await sent(world, 6)).toMatchObject({ delivered: 1 });
    expect(await result(world, late)).toBe(6);
    expect(world.engine.listEvents({ ...place, name: "", limit: 10 }).map(({ sender }) => sender)).toEqual(["test"]);
    expect(world.engine.listEvents(everywhere)).toMatchObject([place]);
    expect(world.engine.listEventWaits(everywhere)).toEqual([]);
  });

  test("is given once to a run, in the order in which events were sent", async () => {
    const world = await openWorld(tasks);
    const run = await world.run("three");
    await waits(world, run, 3);
    expect(await sent(world, 1)).toMatchObject({ delivered: 1 });
    await waits(world, run, 2);
    await sent(world, 2);
    await sent(world, 3);
    expect(await result(world, run)).toBe("1,2,3");
  });

  test("with a key is for those that wait for that key alone", async () => {
    const world = await openWorld(tasks);
    const [keyed, plain] = [await world.run("keyed"), await world.run("one")];
    await waits(world, keyed);
    await waits(world, plain);
    await sent(world, "for b", { key: "b" });
    await sent(world, "for a", { key: "a" });
    expect(await result(world, keyed)).toBe("for a");
    await sent(world, "for all");
    expect(await result(world, plain)).toBe("for all");
  });

  test("is sent once by one idempotency key, and not for another event", async () => {
    const world = await openWorld(tasks);
    const first = await sent(world, 1, { idempotencyKey: "k" });
    expect(await sent(world, 2, { idempotencyKey: "k" })).toEqual({ id: first.id, delivered: 0 });
    expect(await result(world, await world.run("one"))).toBe(1);
    await expect(sent(world, 1, { name: "other", idempotencyKey: "k" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_CONFLICT",
    });
  });

  test("that is too large is refused, and nothing waits for ever: a wait ends with its time, or its run", async () => {
    const clock = new TestClock();
    const world = await openWorld(tasks, { clock });
    await expect(sent(world, "x".repeat(2 ** 20))).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    const [limited, aborted] = [await world.run("limited"), await world.run("one")];
    await waits(world, limited);
    await waits(world, aborted);
    await clock.advance(60_000);
    expect((await world.end(limited)).root.error?.message).toContain("'paid' was not sent within 60 s");
    await world.engine.abort(aborted.root.id, "enough");
    await world.end(aborted);
    expect(await sent(world, 1)).toMatchObject({ delivered: 0 });
  });

  test("waits hold no place, and outlive restarts with their times", async () => {
    const clock = new TestClock();
    const one = { environmentConcurrency: 1 };
    const world = await openWorld({ ...tasks, limited: { ...tasks["limited"], ...one } as TestTask }, { clock });
    const [limited, again] = [await world.run("limited"), await world.run("limited")];
    await waits(world, limited);
    await waits(world, again);
    await clock.advance(30_000);
    const later = clock.restarted();
    const second = await world.crash({ clock: later });
    await turns();
    await later.advance(29_999);
    expect(second.actions(limited).find(({ name }) => name === "paid")?.phase).toBe("PAUSED");
    await later.advance(1);
    expect((await second.end(limited)).root.phase).toBe("FAILED");
  });

  test("is taken over by a run that recovers another one", async () => {
    let fails = true;
    const world = await openWorld({
      pays: {
        run: async (_, { waitFor }) => {
          const amount = await waitFor("paid");
          if (fails) throw new Error("no");
          return amount;
        },
      },
    });
    const run = await world.run("pays");
    await waits(world, run);
    await sent(world, 7, { keepMs: 1 });
    await world.end(run);
    fails = false;
    expect(await result(world, await world.run("pays", { x: 1 }, { recover: run.id.run }))).toBe(7);
  });

  test("is on disk when it is sent: whenever the platform is killed, each run is given each event once", async () => {
    const step = fc.constantFrom("send", "run", "crash", "lose");
    const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      let world = await openWorld({
        two: {
          run: async (_, { waitFor }) => `${await waitFor("paid")} ${await waitFor("paid")}`,
          settings: { retries: 100, backoff: { baseMs: 1, factor: 1, capMs: 1 } },
        },
      });
      const runs: RunRecord[] = [];
      let count = 0;
      for (const each of steps) {
        if (each === "run") runs.push(await world.run("two"));
        if (each === "send") await sent(world, (count += 1));
        if (each === "lose") world.workers.lose("a0", false);
        if (each === "crash") world = await world.crash();
      }
      while (count < 2) await sent(world, (count += 1));
      const given = await Promise.all(runs.map((run) => result(world, run)));
      // Whenever it began: the first two of all that are kept.
      expect(given).toEqual(runs.map(() => "1 2"));
    });
    await fc.assert(property, { numRuns: 15 });
  });
});
