import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyState, openWorld, plain, TestClock, turns, until, type TestTask } from "../support/engine-world.ts";
import { ScriptError } from "../support/engine-workers.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const nothing = (): void => {};

describe("after a crash of the platform", () => {
  test("a run goes on: finished children are answered from the store, and no attempt is counted", async () => {
    let release = nothing;
    let held = true;
    const world = await openWorld({
      quick: { run: ({ x }) => x * 10 },
      slow: { run: () => (held ? new Promise<void>((resolve) => (release = resolve)) : "slow") },
      top: { run: async (_, { call }) => [await call("quick", { x: 1 }), await call("slow", { x: 1 })] },
    });
    const run = await world.run("top");
    await until(() => world.workers.begun.some((begun) => begun.startsWith("slow")));
    await turns();
    held = false;
    const next = await world.crash();
    const { root } = await next.end(run);
    release();
    expect(next.value(root.id)).toEqual([10, "slow"]);
    expect(next.workers.begun.map((begun) => begun.split(" ")[0])).toEqual(["top", "slow"]);
    expect(root.attempts.map(({ phase, error }) => [phase, error?.code])).toEqual([
      ["FAILED", "WORKER_LOST"],
      ["SUCCEEDED", undefined],
    ]);
  });

  test("a retry that waited keeps its time, whatever the clock shows", async () => {
    const clock = new TestClock();
    const backoff = { baseMs: 60_000, factor: 1, capMs: 60_000 };
    const fails: TestTask = {
      settings: { retries: 1, backoff },
      run: (_, { start }) => {
        if (start.attempt === 1) throw new ScriptError({});
        return "done";
      },
    };
    const world = await openWorld({ fails }, { clock });
    const run = await world.run("fails");
    await clock.advance(20_000);
    const later = clock.restarted();
    const next = await world.crash({ clock: later });
    await later.advance(39_999);
    expect(next.workers.begun).toEqual([]);
    await later.advance(1);
    expect(next.value((await next.end(run)).root.id)).toBe("done");
    const backwards = clock.restarted();
    backwards.jump(-86_400_000);
    const other = await world.crash({ clock: backwards });
    await backwards.advance(60_000);
    expect((await other.end(run)).root.phase).toBe("SUCCEEDED");
  });

  test("an idempotency key is still known", async () => {
    const world = await openWorld({ task: { run: ({ x }) => x } });
    const options = { idempotencyKey: "order-7" };
    const [first, second] = await Promise.all([1, 1].map((x) => world.run("task", { x }, options)));
    expect(second?.id).toEqual(first?.id);
    const next = await world.crash();
    expect((await next.run("task", { x: 1 }, options)).id).toEqual(first?.id);
    await expect(next.run("task", { x: 2 }, options)).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect(next.engine.listRuns({ project: "", domain: "" }, { limit: 10, token: "" }).total).toBe(1);
  });

  test("a child that is not asked for again is aborted at the end", async () => {
    let crashed = false;
    const world = await openWorld({
      slow: { run: () => new Promise(() => {}) },
      top: { run: (_, { call }) => (crashed ? "other way" : call("slow", { x: 1 })) },
    });
    const run = await world.run("top");
    await until(() => world.actions(run).length === 2);
    crashed = true;
    const next = await world.crash();
    await next.end(run);
    expect(next.actions(run).map(({ phase }) => phase)).toEqual(["SUCCEEDED", "ABORTED"]);
    expect(next.lines.some((line) => line.includes("did not ask for what an earlier one did: env.slow"))).toBe(true);
  });
});

interface Tree {
  readonly id: number;
  readonly children: readonly Tree[];
  readonly parallel: boolean;
  readonly fails: number;
  readonly traced: boolean;
}

const treeOf = (depth: number): fc.Arbitrary<Tree> =>
  fc.record({
    id: fc.nat(1_000_000),
    parallel: fc.boolean(),
    fails: fc.nat({ max: 1 }),
    traced: fc.boolean(),
    children: depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 3 }),
  });

function expectedOf({ id, children }: Tree): number {
  return children.reduce((sum, child) => sum + expectedOf(child), id);
}

test(
  "random trees with crashes at random moments end right, and no finished child runs twice",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(treeOf(3), { minLength: 1, maxLength: 3 }),
        fc.array(fc.record({ moment: fc.nat({ max: 25 }), worker: fc.boolean() }), { maxLength: 6 }),
        async (trees, crashes) => {
          const finished = new Set<string>();
          const twice: string[] = [];
          let rolls = 0;
          const nodes = new Map<string, Tree>();
          const keep = (tree: Tree, path: string): void => {
            nodes.set(path, tree);
            tree.children.forEach((child, index) => keep(child, `${path}.${index}`));
          };
          trees.forEach((tree, index) => keep(tree, `${index}`));
          const node: TestTask = {
            inputs: { path: { kind: "string" } },
            settings: { retries: 1, backoff: { baseMs: 1, factor: 1, capMs: 1 } },
            run: async ({ path }, { call, trace, start }) => {
              const tree = nodes.get(path) as Tree;
              const key = `${start.run}/${start.action}`;
              if (finished.has(key)) twice.push(key);
              if (tree.traced) await trace("note", () => (rolls += 1));
              const calls = tree.children.map((_, index) => () => call("node", { path: `${path}.${index}` }));
              const values: number[] = [];
              if (tree.parallel) values.push(...(await Promise.all(calls.map((each) => each()))));
              else for (const each of calls) values.push(await each());
              await turns(1);
              // Fails once at most, over all platforms.
              if (tree.fails > 0 && !failed.has(key)) {
                failed.add(key);
                throw new ScriptError({});
              }
              return values.reduce((sum, value) => sum + value, tree.id);
            },
          };
          const failed = new Set<string>();
          let world = await openWorld({ node });
          const runs = await Promise.all(trees.map((_, index) => world.run("node", { path: `${index}` })));
          const watch = (): (() => void) =>
            world.engine.subscribe(({ action }) => {
              if (action.phase === "SUCCEEDED") finished.add(`${action.id.run}/${action.id.action}`);
            });
          for (const { moment, worker } of crashes) {
            const stop = watch();
            await turns(moment);
            stop();
            if (worker) world.workers.loseSome(moment);
            else world = await world.crash();
          }
          const stop = watch();
          for (const [index, run] of runs.entries()) {
            const { root } = await world.end(run);
            expect(root.error).toBeUndefined();
            expect(world.value(root.id)).toBe(expectedOf(trees[index] as Tree));
            expect(world.actions(run).every(({ phase }) => phase === "SUCCEEDED" || phase === "ABORTED")).toBe(true);
          }
          stop();
          expect(twice).toEqual([]);
          await world.engine.close();
        },
      ),
      { numRuns: 40, endOnFailure: false },
    );
  },
);

test("a run of 100,000 actions takes no more, and says so", async () => {
  const world = await openWorld({
    leaf: { run: ({ x }) => x },
    top: {
      run: async (_, { call, condition }) => {
        await condition("wait", "boolean", 1).catch(() => {});
        return call("leaf", { x: 1 }).catch((error: ScriptError) => error.error.code);
      },
    },
  });
  const run = await world.run("top");
  await until(() => world.actions(run).length === 2);
  // As if there had been so many before.
  world.store.database.exec("UPDATE actions SET id = run * 131072 + 99999 WHERE kind = 2");
  const next = await world.crash();
  expect(next.value((await next.end(run)).root.id)).toBe("TOO_MANY_ACTIONS");
});

describe("a full disk", () => {
  test("refuses a run clearly, loses none that was accepted, and what waited ends when there is room", async (context) => {
    const directory = smallDisk(context);
    let release = nothing;
    const world = await openWorld(
      { task: { run: ({ x }) => (x === 1 ? new Promise<void>((resolve) => (release = resolve)) : x) } },
      { directory },
    );
    const accepted = await world.run("task", { x: 1 });
    await turns();
    const filler = fill(directory);
    const refusals: string[] = [];
    for (let count = 0; count < 20 && refusals.length === 0; count += 1) {
      await world
        .run("task", { x: 2 }, { settings: { ...plain, labels: { a: "x".repeat(60_000) } } })
        .catch((error) => {
          refusals.push(AppEnvError.is(error) ? error.code : String(error));
        });
    }
    expect(refusals).toEqual(["DISK_FULL"]);
    release();
    await turns(50);
    const open = world.engine.getRun(accepted.id)?.root.endedAt;
    rmSync(filler);
    expect((await world.end(accepted)).root.phase).toBe("SUCCEEDED");
    expect(open).toBeUndefined();
    expect((await world.run("task", { x: 3 })).root.phase).toBe("QUEUED");
  });
});

test("a platform that is ended in order goes on the same way", async () => {
  let held = true;
  const tasks = { task: { run: () => (held ? new Promise(() => {}) : "there") } };
  const world = await openWorld(tasks);
  const run = await world.run("task");
  await turns();
  await world.engine.close();
  world.store.close();
  await expect(world.run("task")).rejects.toThrow(/database is not open|platform ends/);
  held = false;
  const next = await openWorld(tasks, { directory: world.directory, deploy: false });
  expect(next.value((await next.end(run)).root.id)).toBe("there");
});

test("a copy of the files at the moment of an answer has the run", async () => {
  const world = await openWorld({ task: { run: () => new Promise(() => {}) } });
  const run = await world.run("task");
  const copy = tempDirectory();
  copyState(world.directory, copy);
  expect(statSync(join(copy, "state.db")).size).toBeGreaterThan(0);
  const other = await openWorld({ task: { run: () => "there" } }, { directory: copy, deploy: false });
  expect(other.value((await other.end(run)).root.id)).toBe("there");
});
