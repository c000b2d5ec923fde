import { AppEnvError } from "@appenv/core";
import type { ActionId } from "@appenv/protocol";
import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { type ScriptError } from "../support/engine-workers.ts";
import { openWorld, turns, until, type World } from "../support/engine-world.ts";

const forever = { run: () => new Promise(() => {}) };

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "none",
    (error: unknown) => (AppEnvError.is(error) ? error.code : String(error)),
  );
}

function idOf(world: World, run: RunRecord, name: string): ActionId {
  const found = world.actions(run).find((action) => action.name === name);
  if (found === undefined) throw new Error(`no action ${name}`);
  return found.id;
}

const many = 2_500;

async function withMany() {
  const world = await openWorld({
    forever: { ...forever, settings: { concurrency: 1 } },
    quick: { run: () => "quick" },
    top: {
      run: (_, { call }) =>
        Promise.all(Array.from({ length: many }, (_each, x) => call("forever", { x }).catch(() => {}))),
    },
  });
  const run = await world.run("top");
  await until(() => world.engine.listActions(run.id, { limit: 1, token: "" }).total === many + 1);
  return { world, run };
}

function abortedActions({ store }: World): number {
  return Number(store.database.prepare("SELECT count(*) AS n FROM actions WHERE phase = 12").get()?.["n"]);
}

function begunForever({ workers }: World): number {
  return workers.begun.filter((each) => each.startsWith("forever")).length;
}

describe("an abort", () => {
  test("ends a run and everything below, what runs and what waits", async () => {
    const world = await openWorld({
      forever: { ...forever, settings: { concurrency: 1 } },
      middle: { run: (_, { call }) => Promise.all([1, 2, 3].map((x) => call("forever", { x }))) },
      top: { run: (_, { call }) => call("middle", { x: 1 }) },
    });
    const run = await world.run("top");
    await until(() => world.actions(run).length === 5);
    await world.engine.abort(run.root.id, "not needed");
    const { root } = await world.end(run);
    expect(root).toMatchObject({ phase: "ABORTED", abort: { reason: "not needed" }, error: { code: "ABORTED" } });
    expect(world.actions(run).map(({ phase }) => phase)).toEqual(Array.from({ length: 5 }, () => "ABORTED"));
    expect(world.workers.running).toBe(0);
    expect(world.workers.begun).toHaveLength(3);
    await world.engine.abort(run.root.id, "again");
    expect(world.engine.getRun(run.id)?.root.abort?.reason).toBe("not needed");
    expect(await codeOf(world.engine.abort({ ...run.root.id, run: "other" }, ""))).toBe("NOT_FOUND");
    expect(await codeOf(world.engine.abort({ ...run.root.id, action: "other" }, ""))).toBe("NOT_FOUND");
  });

  test("of one action is what its parent's call rejects with", async () => {
    const world = await openWorld({
      forever,
      top: {
        run: (_, { call }) => call("forever", { x: 1 }).catch((error: ScriptError) => `caught ${error.error.code}`),
      },
    });
    const run = await world.run("top");
    await until(() => world.actions(run).length === 2);
    await world.engine.abort(idOf(world, run, "env.forever"), "stop");
    expect(world.value((await world.end(run)).root.id)).toBe("caught ABORTED");
  });

  test("of very many ends them in parts, between which there is time for others; none of them begins", async () => {
    const { world, run } = await withMany();
    await world.engine.abort(run.root.id, "too many");
    const parts = new Set<number>();
    await until(() => parts.add(abortedActions(world)).has(many + 1));
    expect(parts.size).toBeGreaterThan(2);
    expect((await world.end(run)).root).toMatchObject({ phase: "ABORTED", abort: { reason: "too many" } });
    expect(begunForever(world)).toBe(1);
    expect(world.workers.running).toBe(0);
    expect(await world.output("quick")).toBe("quick");
  });

  test("of very many holds for all of them after a crash between the parts", async () => {
    const { world, run } = await withMany();
    await world.engine.abort(run.root.id, "too many");
    await until(() => abortedActions(world) > 0);
    expect(abortedActions(world)).toBeLessThan(many);
    const next = await world.crash();
    expect((await next.end(run)).root).toMatchObject({ phase: "ABORTED", abort: { reason: "too many" } });
    expect([abortedActions(next), begunForever(next)]).toEqual([many + 1, 0]);
    expect(await next.output("quick")).toBe("quick");
  });

  test("that was answered holds after a crash", async () => {
    const world = await openWorld({ forever });
    const run = await world.run("forever");
    await turns();
    // The worker does not hear of it any more.
    world.workers.kill();
    await world.engine.abort(run.root.id, "gone");
    const next = await world.crash();
    expect((await next.end(run)).root).toMatchObject({ phase: "ABORTED", abort: { reason: "gone" } });
    expect(next.workers.begun).toEqual([]);
  });
});
