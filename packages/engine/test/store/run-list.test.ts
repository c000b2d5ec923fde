import { describe, expect, test } from "vitest";
import type { Listed, Page } from "../../src/contracts/lists.ts";
import type { RunRecord, RunFilter } from "../../src/contracts/runs.ts";
import { ScriptError, type ScriptContext } from "../support/engine-workers.ts";
import { openWorld, plain, taskDefinition, TestClock, until, type World } from "../support/engine-world.ts";

const place = { project: "flytesnacks", domain: "development" };

function all<T>(list: (page: Page) => Listed<T>, limit = 2): T[] {
  const items: T[] = [];
  let token = "";
  do {
    const part = list({ limit, token });
    items.push(...part.items);
    token = part.token;
  } while (token !== "");
  return items;
}

function names(world: World, scope: Partial<RunFilter>): string[] {
  return all((page) => world.engine.listRuns({ ...place, ...scope }, page)).map(({ id }) => id.run);
}

function total(world: World, scope: Partial<RunFilter>): number {
  return world.engine.listRuns({ ...place, ...scope }, { limit: 1, token: "" }).total;
}

const tasks = {
  good: { run: ({ x }: { x: number }) => x },
  bad: {
    run: () => {
      throw new ScriptError({ retryable: false });
    },
  },
  waits: { run: () => new Promise(() => {}) },
};

describe("lists of runs", () => {
  test("by labels, in any phase, page by page", async () => {
    const world = await openWorld(tasks);
    const start = async (name: string, task: keyof typeof tasks, labels: Readonly<Record<string, string>>) => {
      const run = await world.run(task, { x: 1 }, { name, settings: { ...plain, labels } });
      if (task !== "waits") await world.end(run);
    };
    await start("r1", "good", { source: "github", delivery: "1" });
    await start("r2", "bad", { source: "github", delivery: "2" });
    await start("r3", "good", { source: "stripe", delivery: "1" });
    await start("r4", "waits", { source: "github", delivery: "3" });
    await start("r5", "good", {});
    const check = (scope: Partial<RunFilter>, expected: string[]): void => {
      expect(names(world, scope)).toEqual(expected);
      expect(total(world, scope)).toBe(expected.length);
    };
    check({ labels: { source: "github" } }, ["r4", "r2", "r1"]);
    check({ labels: { source: "github" }, oldestFirst: true }, ["r1", "r2", "r4"]);
    check({ labels: { source: "github", delivery: "1" } }, ["r1"]);
    check({ labels: { source: "github", team: "x" } }, []);
    check({ labels: { delivery: "1" }, taskName: "env.good" }, ["r3", "r1"]);
    check({ labels: { source: "github" }, phases: ["FAILED"] }, ["r2"]);
    await until(() => world.engine.getRun({ ...place, run: "r4" })?.root.phase === "RUNNING");
    check({ labels: { source: "github" }, phases: ["RUNNING", "SUCCEEDED"] }, ["r4", "r1"]);
    check({ labels: { source: "github" }, project: "other" }, []);
  });

  test("have what was asked for, the newest first, and count it", async () => {
    const world = await openWorld(tasks);
    const trigger = { taskName: "env.good", name: "nightly" };
    for (const [name, task, options] of [
      ["r1", "good", {}],
      ["r2", "bad", {}],
      ["r3", "waits", {}],
      ["r4", "good", { trigger, source: "schedule" }],
      ["r5", "good", { project: "other" }],
      ["r6", "bad", {}],
    ] as const) {
      const run = await world.run(task, { x: 1 }, { name, ...options });
      if (task !== "waits") await world.end(run);
    }
    await until(() => world.engine.getRun({ ...place, run: "r3" })?.root.phase === "RUNNING");
    const check = (scope: Partial<RunFilter>, expected: string[]): void => {
      expect(names(world, scope)).toEqual(expected);
      expect(total(world, scope)).toBe(expected.length);
    };
    check({}, ["r6", "r4", "r3", "r2", "r1"]);
    check({ oldestFirst: true }, ["r1", "r2", "r3", "r4", "r6"]);
    check({ project: "", domain: "" }, ["r6", "r5", "r4", "r3", "r2", "r1"]);
    check({ taskName: "env.good" }, ["r4", "r1"]);
    check({ taskName: "env.good", taskVersion: "v1" }, ["r4", "r1"]);
    check({ taskVersion: "v2" }, []);
    check({ phases: ["FAILED", "RUNNING"] }, ["r6", "r3", "r2"]);
    check({ phases: ["QUEUED"] }, []);
    check({ trigger }, ["r4"]);
    check({ trigger, taskVersion: "v1", phases: ["SUCCEEDED"] }, ["r4"]);
    expect(world.engine.getRun({ ...place, run: "r4" })).toMatchObject({ trigger, source: "schedule" });
    expect(() => world.engine.listRuns(place, { limit: 1, token: "nonsense" })).toThrow(
      /not given by this list of runs/,
    );
  });

  test("by the time of their creation, a part of a task's name, a trigger, and text in names and errors", async () => {
    const clock = new TestClock();
    const world = await openWorld(
      {
        ...tasks,
        boom: { run: () => Promise.reject(new ScriptError({ retryable: false, message: "No LUCK today" })) },
      },
      { clock },
    );
    const begin = clock.now();
    const trigger = { taskName: "env.good", name: "nightly" };
    for (const [name, task, options] of [
      ["apple", "good", {}],
      ["pear", "boom", {}],
      ["plum", "good", { trigger, source: "schedule" }],
      ["grape", "bad", { settings: { ...plain, labels: { team: "fruit" } } }],
    ] as const) {
      await world.end(await world.run(task, { x: 1 }, { name, ...options }));
      clock.jump(1_000);
    }
    const check = (scope: Partial<RunFilter>, expected: string[]): void => {
      expect(names(world, scope)).toEqual(expected);
      expect(names(world, { ...scope, oldestFirst: true })).toEqual(expected.toReversed());
      expect(total(world, scope)).toBe(expected.length);
    };
    check({ createdFrom: begin + 1_000 }, ["grape", "plum", "pear"]);
    check({ createdBefore: begin + 1_000 }, ["apple"]);
    check({ createdFrom: begin + 1_000, createdBefore: begin + 3_000, phases: ["SUCCEEDED"] }, ["plum"]);
    check({ createdFrom: begin + 9_000 }, []);
    check({ createdBefore: begin }, []);
    check({ taskContains: "OO" }, ["plum", "pear", "apple"]);
    check({ taskContains: "boo", phases: ["FAILED"] }, ["pear"]);
    check({ triggerName: "nightly" }, ["plum"]);
    check({ triggerName: "nightly", taskContains: "boom" }, []);
    check({ triggerName: "none" }, []);
    check({ text: "P" }, ["grape", "plum", "pear", "apple"]);
    check({ text: "no luck" }, ["pear"]);
    check({ text: "ap", labels: { team: "fruit" } }, ["grape"]);
    const { error } = world.engine.getRun({ ...place, run: "pear" }) ?? {};
    expect(error).toBe("Error: No LUCK today");
    expect(world.engine.countRuns(place, begin, begin + 2_000)).toMatchObject({ succeeded: 1, failed: 1, running: 0 });
    expect(world.engine.countRuns({ project: "other", domain: "" }, 0, begin * 2)).toMatchObject({ failed: 0 });
    expect(world.engine.countRuns(place, 0, begin * 2)).toMatchObject({ succeeded: 2, failed: 2 });
  });

  test("a search for text looks at a part of many runs at a time, and finds what is far back", async () => {
    const world = await openWorld(tasks);
    await world.end(await world.run("good", { x: 1 }, { name: "needle" }));
    world.store.database.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)
       INSERT INTO runs (scope, name, task_name, task, outcome, source) SELECT scope, 'x' || i, task_name, task, 10, 0
       FROM n, (SELECT * FROM runs LIMIT 1)`,
    );
    const first = world.engine.listRuns({ ...place, text: "needle" }, { limit: 10, token: "" });
    expect([first.items, first.token === ""]).toEqual([[], false]);
    expect(names(world, { text: "needle" })).toEqual(["needle"]);
    expect(names(world, { text: "needle", oldestFirst: true })).toEqual(["needle"]);
  });

  test("do not shift while runs are added", async () => {
    const world = await openWorld(tasks);
    for (const name of ["r1", "r2", "r3"]) await world.run("good", { x: 1 }, { name });
    const first = world.engine.listRuns(place, { limit: 2, token: "" });
    await world.run("good", { x: 1 }, { name: "r4" });
    const second = world.engine.listRuns(place, { limit: 2, token: first.token });
    expect([...first.items, ...second.items].map(({ id }) => id.run)).toEqual(["r3", "r2", "r1"]);
  });
});

test("lists of actions are in order of their creation", async () => {
  const world = await openWorld({
    ...tasks,
    top: { run: (_: unknown, { call }: ScriptContext) => Promise.all([3, 1, 2].map((x) => call("good", { x }, "g"))) },
  });
  const run = await world.end(await world.run("top"));
  const actions = all((page) => world.engine.listActions(run.id, page));
  expect(actions.map(({ id }) => world.engine.inputs(id).length > 0)).toEqual([true, true, true, true]);
  expect(actions.slice(1).map(({ id }) => world.value(id))).toEqual([3, 1, 2]);
  expect(actions[1]).toMatchObject({ parent: "a0", group: "g" });
  expect(world.engine.listActions(run.id, { limit: 1, token: "" }).total).toBe(4);
  expect(() => world.engine.listActions({ ...run.id, run: "none" }, { limit: 1, token: "" })).toThrow(/no run 'none'/);
});

function codes(world: World, options: Parameters<World["run"]>[2]): Promise<unknown> {
  return world.run("good", { x: 1 }, options).then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );
}

describe("a run is refused", () => {
  test("with a name that is taken or wrong, unfit inputs, or a task of another SDK", async () => {
    const world = await openWorld({ ...tasks, tiny: { run: () => 1, settings: { maxInlineBytes: 3 } } });
    await world.run("good", { x: 1 }, { name: "mine" });
    expect(await codes(world, { name: "mine" })).toBe("RUN_EXISTS");
    expect(await codes(world, { name: "Not Mine" })).toBe("INVALID_INPUT");
    expect(await codes(world, { inputs: new Uint8Array() })).toBe("INVALID_INPUT");
    expect(await codes(world, { inputs: new Uint8Array([255, 255]) })).toBe("INVALID_INPUT");
    expect(await codes(world, { recover: "nothing" })).toBe("NOT_FOUND");
    expect(await codes(world, { task: world.task("tiny") })).toBe("PAYLOAD_TOO_LARGE");
    expect(await codes(world, { task: { ...world.task("good"), definition: undefined } })).toBe("UNSUPPORTED");
    await world.run("waits", { x: 1 }, { name: "open" });
    expect(await codes(world, { recover: "open" })).toBe("INVALID_INPUT");
  });
});

describe("recovering a run", () => {
  test("keeps what succeeded, also deeper down, and runs the rest", async () => {
    let broken = true;
    let rolled = 0;
    const world = await openWorld({
      leaf: { run: ({ x }: { x: number }) => x * 2 },
      flaky: {
        run: () => {
          if (broken) throw new ScriptError({ retryable: false });
          return "fixed";
        },
      },
      middle: { run: ({ x }: { x: number }, { call }: ScriptContext) => call("leaf", { x }) },
      half: {
        run: async (_: unknown, { call }: ScriptContext) => [
          await call("leaf", { x: 9 }),
          await call("flaky", { x: 1 }),
        ],
      },
      top: {
        run: async (_: unknown, { call, trace }: ScriptContext) => [
          await trace("roll", () => (rolled += 1)),
          await call("middle", { x: 4 }),
          await call("half", { x: 1 }),
        ],
      },
    });
    const failed = await world.end(await world.run("top"));
    expect(failed.root.phase).toBe("FAILED");
    broken = false;
    world.workers.begun.length = 0;
    const again = await world.end(await world.run("top", { x: 1 }, { recover: failed.id.run }));
    expect(again).toMatchObject({ rerunOf: failed.id.run, recovers: true, root: { phase: "SUCCEEDED" } });
    const recovered = world.actions(again).filter(({ phase }) => phase === "RECOVERED");
    expect(recovered.map(({ name }) => name).toSorted()).toEqual(["env.leaf", "env.middle", "roll"]);
    expect(world.value(again.root.id)).toEqual([1, 8, [18, "fixed"]]);
    expect(world.workers.begun.map((begun) => begun.split(" ")[0])).toEqual(["top", "half", "flaky"]);
    const kept = world.actions(again).find(({ name }) => name === "env.middle");
    expect(kept && world.engine.getAction(kept.id)).toMatchObject({ attempts: [], recoveredFrom: failed.id.run });
  });
});

describe("the registry", () => {
  test("lists the newest version of each task, and all versions of one", async () => {
    const { registry } = await openWorld({ one: tasks.good, two: tasks.good });
    const deploy = async (name: string, version: string, project = place.project): Promise<unknown> =>
      registry.deploy([
        {
          id: { project, domain: place.domain, name: `env.${name}`, version },
          definition: { ...taskDefinition(name, {}), launch: { ...launch, uri: `b/${version}` } },
          spec: new Uint8Array([7]),
          triggers: [],
        },
      ]);
    const launch = { kind: "bundle", uri: "", environment: "env", workdir: "/", preload: [] } as const;
    await deploy("one", "v2");
    await deploy("three", "v1", "other");
    const list = (scope: { project: string; domain: string; contains?: string }): string[] =>
      all((page) => registry.list(scope, page)).map(({ id }) => `${id.name} ${id.version}`);
    expect(list(place)).toEqual(["env.one v2", "env.two v1"]);
    expect(list({ project: "", domain: "" })).toEqual(["env.three v1", "env.one v2", "env.two v1"]);
    expect(list({ ...place, contains: "TW" })).toEqual(["env.two v1"]);
    expect(registry.get({ ...place, name: "env.one" })?.id.version).toBe("v2");
    // The same version once more: now it is the newest.
    await deploy("one", "v1");
    expect(registry.get({ ...place, name: "env.one" })?.id.version).toBe("v1");
    const versions = all((page) => registry.versions({ ...place, name: "env.one" }, page), 1);
    expect(versions.map(({ id }) => id.version)).toEqual(["v1", "v2"]);
    expect(versions[0]?.spec).toEqual(new Uint8Array([7]));
    expect(registry.get({ ...place, name: "env.one" }, "v9")).toBeUndefined();
    expect(["b/v1", "b/v2", "bundle://x", "b/v3"].map((uri) => registry.uses(uri))).toEqual([true, true, true, false]);
    expect(registry.projects()).toEqual(["flytesnacks", "other"]);
  });

  test("does not list what only a run brought along", async () => {
    const world = await openWorld(tasks);
    const inline = { ...world.task("good"), id: { ...world.task("good").id, version: "inline" } };
    const run = await world.end(
      await world.run("good", { x: 5 }, { task: inline, settings: { ...plain, labels: { a: "b" } } }),
    );
    expect(run).toMatchObject({
      root: { phase: "SUCCEEDED", task: { version: "inline" } },
      settings: { labels: { a: "b" } },
    });
    expect(world.registry.versions({ ...place, name: "env.good" }, { limit: 9, token: "" }).total).toBe(1);
  });
});

test("events come after the change is on disk, and none is missed", async () => {
  const world = await openWorld({
    ...tasks,
    top: { run: (_: unknown, { call }: ScriptContext) => call("good", { x: 1 }) },
  });
  const seen: string[] = [];
  const stop = world.engine.subscribe(({ action }) => {
    expect(world.engine.getAction(action.id)).toEqual(action);
    seen.push(`${action.name} ${action.phase} ${action.revision}`);
  });
  const run: RunRecord = await world.end(await world.run("top"));
  stop();
  expect(seen[0]).toBe("env.top QUEUED 1");
  expect(seen.at(-1)).toBe(`env.top SUCCEEDED ${run.root.revision}`);
  expect(seen.some((event) => event.startsWith("env.good SUCCEEDED"))).toBe(true);
});
