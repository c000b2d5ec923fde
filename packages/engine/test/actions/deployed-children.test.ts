import { expect, test } from "vitest";
import { openWorld } from "../support/engine-world.ts";

test("a child of a task that was deployed on its own is of the version that is asked for, in its run's project", async () => {
  const there = { project: "flytesnacks", domain: "development" };
  const world = await openWorld({
    which: { run: (_, { spec }) => spec.key },
    top: {
      run: async (_, { call }) => {
        const calls = [
          call("which", { x: 1 }, "g"),
          call("which", { x: 2 }, undefined, { ...there, version: "v0" }),
          call("which", { x: 3 }, undefined, { ...there, version: "v9" }),
          call("which", { x: 4 }, undefined, { ...there, project: "other", version: "v1" }),
        ];
        const outcomes = await Promise.allSettled(calls);
        return outcomes.map((each) =>
          each.status === "fulfilled" ? each.value : `${each.reason.error.code} ${each.reason.message}`,
        );
      },
    },
  });
  const { definition } = world.task("which");
  const old = { id: { ...there, name: "env.which", version: "v0" }, definition, spec: new Uint8Array([1]) };
  await world.registry.deploy([{ ...old, triggers: [] }]);
  expect(await world.output("top")).toEqual([
    "flytesnacks/development/env/v1",
    "flytesnacks/development/env/v0",
    expect.stringContaining("NOT_FOUND There is no task 'env.which' of version v9"),
    expect.stringContaining("PERMISSION_DENIED"),
  ]);
});
