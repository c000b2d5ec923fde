import { describe, expect, test } from "vitest";
import { openWorld } from "../../support/engine-world.ts";

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
