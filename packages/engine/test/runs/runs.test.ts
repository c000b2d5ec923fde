import { describe, expect, onTestFinished, test, vi } from "vitest";
import { onUnexpected } from "@appenv/core/internal";
import { ScriptError } from "../support/engine-workers.ts";
import { encodeInputs } from "@appenv/protocol/tasks";
import type { NewRun } from "../../src/contracts/runs.ts";
import { openWorld, plain } from "../support/engine-world.ts";

const addOne = { run: ({ x }: { x: number }) => x + 1 };

describe("a run", () => {
  test("gives what its task returns, and tells how it went", async () => {
    const world = await openWorld({ add_one: addOne });
    const accepted = await world.run("add_one", { x: 1 });
    expect(accepted.root).toMatchObject({ name: "env.add_one", phase: "QUEUED", kind: "task", parent: undefined });
    const run = await world.end(accepted);
    expect(world.value(run.root.id)).toBe(2);
    expect(run.root).toMatchObject({ phase: "SUCCEEDED", cache: "disabled", error: undefined });
    expect(run.root.attempts).toMatchObject([{ attempt: 1, phase: "SUCCEEDED", error: undefined }]);
    expect(run.id.run).toMatch(/^r[a-z0-9]{19}$/);
  });

  test("calls other tasks as actions of their own", async () => {
    const world = await openWorld({
      add_one: addOne,
      twice: { run: async ({ x }, { call }) => call("add_one", { x: await call("add_one", { x }) }) },
    });
    const run = await world.end(await world.run("twice", { x: 5 }));
    expect(world.value(run.root.id)).toBe(7);
    expect(world.actions(run)).toMatchObject([
      { name: "env.twice", phase: "SUCCEEDED" },
      { name: "env.add_one", phase: "SUCCEEDED" },
      { name: "env.add_one", phase: "SUCCEEDED" },
    ]);
  });
});

function throws(): never {
  throw new Error("a listener's own");
}

function unexpectedErrors(): string[] {
  const reported: string[] = [];
  onTestFinished(onUnexpected((where, error) => reported.push(`${where}: ${String(error)}`)));
  return reported;
}

describe("an error that nobody expected", () => {
  test("of a listener keeps nothing from the others, nor from the run", async () => {
    const reported = unexpectedErrors();
    const world = await openWorld({ add_one: addOne });
    const heard: string[] = [];
    world.engine.subscribe(throws);
    world.engine.subscribe(({ action }) => heard.push(action.phase));
    const run = await world.run("add_one", { x: 1 });
    world.engine.follow(run.id, throws);
    world.engine.follow(run.id, ({ root }) => heard.push(`end ${root.phase}`));
    await world.end(run);
    expect(heard).toContain("SUCCEEDED");
    expect(heard).toContain("end SUCCEEDED");
    expect([...new Set(reported)].toSorted()).toEqual([
      "A listener of the actions of runs failed: Error: a listener's own",
      "A listener of the end of a run failed: Error: a listener's own",
    ]);
  });

  test("of the engine ends the run it belongs to, and no other", async () => {
    const reported = unexpectedErrors();
    const backoff = { baseMs: 1, factor: 1, capMs: 1 };
    const world = await openWorld({
      add_one: addOne,
      again: {
        settings: { retries: 1, backoff },
        run: (_, { start }) => {
          if (start.attempt === 1) throw new ScriptError({});
          return "again";
        },
      },
      calls: { run: (_, { call }) => call("again", { x: 1 }) },
    });
    const bug = vi.spyOn(world.store.actions, "children").mockImplementation(() => {
      throw new Error("a bug");
    });
    for (const task of ["again", "calls"]) {
      const { root } = await world.end(await world.run(task));
      expect(root).toMatchObject({ phase: "FAILED", error: { code: "UNEXPECTED" } });
      expect(root.error?.message).toMatch(/cannot go on, for a reason that the platform's log has/);
    }
    expect(reported).toHaveLength(2);
    expect(reported[0]).toMatch(/^The action 'a0' of the run 'r[a-z0-9]+' cannot go on: Error: a bug/);
    bug.mockRestore();
    expect(await world.output("add_one", { x: 1 })).toBe(2);
    expect(await world.output("calls")).toBe("again");
  });
});

test("a batch of runs is accepted as a whole, in order, or not at all", async () => {
  const world = await openWorld({ add: { run: ({ x }) => x + 1 } });
  const task = world.task("add");
  const type = task.definition?.interface ?? { inputs: [], output: undefined };
  const asked = (x: unknown, more: Partial<NewRun> = {}): NewRun => ({
    project: "flytesnacks",
    domain: "development",
    task,
    inputs: encodeInputs(type, { x }),
    settings: plain,
    source: "cli",
    ...more,
  });
  const runs = await world.engine.createRuns([asked(1), asked(2), asked(1, { idempotencyKey: "k" })]);
  const values = [];
  for (const run of runs) values.push(world.value((await world.end(run)).root.id));
  expect(values).toEqual([2, 3, 2]);
  const again = await world.engine.createRuns([asked(5), asked(1, { idempotencyKey: "k" })]);
  expect(again[1]?.id).toEqual(runs[2]?.id);
  const before = world.engine.listRuns({ project: "", domain: "" }, { limit: 1, token: "" }).total;
  const conflict = [asked(7), asked(8), asked(9, { idempotencyKey: "k" })];
  await expect(world.engine.createRuns(conflict)).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
  await expect(world.engine.createRuns([asked(7), { ...asked(8), inputs: new Uint8Array() }])).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
  expect(world.engine.listRuns({ project: "", domain: "" }, { limit: 1, token: "" }).total).toBe(before);
  const next = await world.crash();
  expect(next.engine.listRuns({ project: "", domain: "" }, { limit: 1, token: "" }).total).toBe(before);
});
