import { create, toBinary } from "@bufbuild/protobuf";
import type { ActionPhase } from "@appenv/protocol";
import { encodeValue, LiteralSchema, toLiteral } from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import type { RunRecord, RunFilter } from "../../src/contracts/runs.ts";
import { openWorld, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const place = { project: "flytesnacks", domain: "development" };
const yes = toBinary(LiteralSchema, create(LiteralSchema, toLiteral({ kind: "boolean" }, true)));

/** A run of which one child asks a person, while another one works until it is released. */
function asking(): { readonly tasks: Record<string, TestTask>; readonly release: () => void } {
  const { promise: working, resolve } = Promise.withResolvers<string>();
  const tasks: Record<string, TestTask> = {
    work: { run: () => working },
    ask: { run: (_, { condition }) => condition("approve", "boolean") },
    top: {
      settings: { retries: 3, backoff: { baseMs: 1, factor: 1, capMs: 1 } },
      run: async (_, { call }) => (await Promise.all([call("ask", { x: 1 }), call("work", { x: 1 })])).join(),
    },
  };
  return { tasks, release: () => resolve("worked") };
}

function phases(world: World, run: RunRecord): Record<string, ActionPhase> {
  return Object.fromEntries(world.actions(run).map(({ name, phase }) => [name, phase]));
}

function names(world: World, scope: Partial<RunFilter>): string[] {
  const { items, total } = world.engine.listRuns({ ...place, ...scope }, { limit: 10, token: "" });
  expect(total).toBe(items.length);
  return items.map(({ id }) => id.run);
}

async function signal(world: World, run: RunRecord): Promise<void> {
  const { id } = world.actions(run).find(({ name }) => name === "approve") as { id: RunRecord["root"]["id"] };
  await world.engine.signal(id, yes);
}

describe("a run that waits for a person", () => {
  test("is PAUSED once nothing else of it is going on, and RUNNING when it was answered", async () => {
    const { tasks, release } = asking();
    const world = await openWorld({ ...tasks, other: { run: () => new Promise(() => {}) } });
    const run = await world.run("top", { x: 1 }, { name: "asks" });
    await world.run("other", { x: 1 }, { name: "other" });
    await until(() => phases(world, run)["env.ask"] === "PAUSED");
    expect(phases(world, run)).toMatchObject({ "env.top": "RUNNING", "env.work": "RUNNING", approve: "PAUSED" });
    expect(names(world, { pausedOnly: true })).toEqual(["asks"]);
    expect(names(world, { phases: ["PAUSED"] })).toEqual([]);
    const seen: ActionPhase[] = [];
    world.engine.subscribe(
      ({ id, action }) => void (id.action === "a0" && id.run === "asks" && seen.push(action.phase)),
    );
    release();
    await until(() => phases(world, run)["env.top"] === "PAUSED");
    expect(names(world, { phases: ["PAUSED"] })).toEqual(["asks"]);
    expect(names(world, { phases: ["RUNNING"] })).toEqual(["other"]);
    expect(names(world, { pausedOnly: true, phases: ["PAUSED", "SUCCEEDED"] })).toEqual(["asks"]);
    await signal(world, run);
    expect((await world.end(run)).root.phase).toBe("SUCCEEDED");
    expect(seen).toEqual(["PAUSED", "RUNNING", "SUCCEEDED"]);
    expect(names(world, { pausedOnly: true })).toEqual([]);
    expect(names(world, { pausedOnly: true, phases: ["SUCCEEDED"] })).toEqual([]);
  });

  test("is so again after a restart, and after its attempt was lost", async () => {
    const { tasks, release } = asking();
    release();
    const world = await openWorld(tasks);
    const run = await world.run("top");
    await until(() => phases(world, run)["env.top"] === "PAUSED");
    const next = await world.crash();
    await until(() => next.workers.begun.length === 2 && phases(next, run)["env.top"] === "PAUSED");
    next.workers.lose("a0", true);
    await until(() => next.workers.begun.length === 3 && phases(next, run)["env.top"] === "PAUSED");
    await turns();
    await signal(next, run);
    expect(next.value((await next.end(run)).root.id)).toBe("true,worked");
  });

  test("is ABORTED when it is aborted, with its condition", async () => {
    const { tasks, release } = asking();
    release();
    const world = await openWorld(tasks);
    const run = await world.run("top");
    await until(() => phases(world, run)["env.top"] === "PAUSED");
    await world.engine.abort(run.root.id, "enough");
    await world.end(run);
    expect(phases(world, run)).toEqual({
      "env.top": "ABORTED",
      "env.ask": "ABORTED",
      "env.work": "SUCCEEDED",
      approve: "ABORTED",
    });
  });
});

test("a run that waits for an event is PAUSED too, also after a crash, and is not listed among those that wait for a person", async () => {
  const world = await openWorld({ top: { run: (_, { waitFor }) => waitFor("paid") } });
  const run = await world.run("top", { x: 1 }, { name: "unpaid" });
  const paused = { "env.top": "PAUSED", paid: "PAUSED" };
  await until(() => phases(world, run)["env.top"] === "PAUSED");
  expect(phases(world, run)).toEqual(paused);
  const next = await world.crash();
  await until(() => next.workers.begun.length === 1 && phases(next, run)["env.top"] === "PAUSED");
  expect(phases(next, run)).toEqual(paused);
  expect([names(next, { phases: ["PAUSED"] }), names(next, { pausedOnly: true })]).toEqual([["unpaid"], []]);
  const event = { ...place, name: "paid", key: "", value: encodeValue(5), keepMs: 60_000, sender: "test" };
  expect(await next.engine.sendEvent(event)).toMatchObject({ delivered: 1 });
  expect((await next.end(run)).root.phase).toBe("SUCCEEDED");
});
