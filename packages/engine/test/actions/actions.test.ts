import { existsSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { ActionId } from "@appenv/protocol";
import { LiteralSchema, toLiteral } from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { ScriptError, type ScriptContext } from "../support/engine-workers.ts";
import { openWorld, plain, TestClock, turns, until, type World } from "../support/engine-world.ts";

const nothing = (): void => {};

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

function say({ error }: ScriptError): string {
  return `${error.code} ${error.message}`;
}

describe("children", () => {
  test("that still run when their parent has ended are aborted before its result counts", async () => {
    const world = await openWorld({
      forever,
      top: {
        run: async (_, { call }) => {
          void call("forever", { x: 1 }).catch(() => {});
          await turns(5);
          return "done";
        },
      },
    });
    const run = await world.end(await world.run("top"));
    expect(world.actions(run)).toMatchObject([{ phase: "SUCCEEDED" }, { phase: "ABORTED" }]);
    expect(world.workers.running).toBe(0);
  });

  test("of the attempt before are joined, not run twice, and the others aborted at the end", async () => {
    let release = nothing;
    const held = new Promise<string>((resolve) => (release = () => resolve("late")));
    const world = await openWorld({
      slow: { run: () => held },
      never: forever,
      top: {
        settings: { retries: 1, backoff: { baseMs: 1, factor: 1, capMs: 1 } },
        run: async (_, { call, start }: ScriptContext) => {
          const slow = call("slow", { x: 1 });
          if (start.attempt > 1) return slow;
          void call("never", { x: 1 }).catch(() => {});
          slow.catch(() => {});
          await turns(5);
          throw new ScriptError({ message: "once" });
        },
      },
    });
    const run = await world.run("top");
    await until(() => world.workers.begun.includes("top a0 2"));
    await turns();
    release();
    const { root } = await world.end(run);
    expect(world.value(root.id)).toBe("late");
    expect(world.workers.begun.filter((begun) => begun.startsWith("slow"))).toHaveLength(1);
    expect(world.actions(run).find(({ name }) => name === "env.never")?.phase).toBe("ABORTED");
    expect(
      world.lines.some((line) => line.includes("Attempt 2 did not ask for what an earlier one did: env.never")),
    ).toBe(true);
  });

  test("of tasks that are not there, too deep, in a circle or too large are refused by name", async () => {
    const world = await openWorld({
      circle: { run: ({ x }, { call }) => call("circle", { x }).catch(say) },
      deep: { run: ({ x }, { call }) => call("deep", { x: x + 1 }).catch(say) },
      small: { run: () => 1, settings: { maxInlineBytes: 10 } },
      large: { run: () => "x".repeat(100), settings: { maxInlineBytes: 50 } },
      top: {
        run: ({ x }, { call }) =>
          [
            () => call("missing", { x }).catch(say),
            () => call("circle", { x }),
            () => call("deep", { x }),
            () => call("small", { x: 10 ** 15 }).catch(say),
            () => call("large", { x }).catch(say),
          ][x]?.(),
      },
    });
    expect(await world.output("top", { x: 0 })).toMatch(/^NOT_FOUND There is no task 'env.missing' of version v1/);
    expect(await world.output("top", { x: 1 })).toMatch(/^TASK_CYCLE .*env.top -> env.circle -> env.circle/);
    expect(await world.output("top", { x: 2 })).toMatch(/^TASK_CYCLE Calls are nested more than 100 deep/);
    expect(await world.output("top", { x: 3 })).toMatch(/^PAYLOAD_TOO_LARGE The input of 'env.small' has/);
    expect(await world.output("top", { x: 4 })).toMatch(/^PAYLOAD_TOO_LARGE The output has/);
  });

  test("with large inputs and outputs are kept in files, and read from there", async () => {
    const text = "x".repeat(200_000);
    const world = await openWorld({
      echo: { run: ({ s }) => s, inputs: { s: { kind: "string" } } },
      top: { run: (_, { call }) => call("echo", { s: text }) },
    });
    const run = await world.end(await world.run("top"));
    expect(world.value(run.root.id)).toBe(text);
    expect(existsSync(`${world.directory}/objects`)).toBe(true);
    const after = await world.crash();
    expect(after.value(run.root.id)).toBe(text);
  });
});

describe("traces", () => {
  test("are computed once in a run, and what failed is computed again with the attempt", async () => {
    let computed = 0;
    const world = await openWorld({
      top: {
        settings: { retries: 2, backoff: { baseMs: 1, factor: 1, capMs: 1 } },
        run: async (_, { trace, start }: ScriptContext) => {
          const value = await trace("roll", () => (computed += 1));
          const other = await trace("flaky", () => {
            computed += 1;
            if (start.attempt === 1) throw new Error("once");
            return computed;
          });
          if (start.attempt === 2) throw new ScriptError({});
          return [value, other];
        },
      },
    });
    const run = await world.end(await world.run("top"));
    expect(world.value(run.root.id)).toEqual([1, 3]);
    expect(computed).toBe(3);
    expect(world.actions(run)).toMatchObject([{}, { name: "roll" }, { name: "flaky", phase: "SUCCEEDED" }]);
  });
});

function signal(kind: "boolean" | "string", value: unknown): Uint8Array {
  return toBinary(LiteralSchema, create(LiteralSchema, toLiteral({ kind }, value)));
}

describe("conditions", () => {
  const asks = {
    run: (_: unknown, { condition }: ScriptContext) =>
      condition("approve", "boolean", 60_000).then(String, (error: ScriptError) => error.error.code),
  };
  test("wait for a value of their type, also over a restart", async () => {
    const world = await openWorld({ asks });
    const run = await world.run("asks");
    await until(() => world.actions(run).length === 2);
    const id = idOf(world, run, "approve");
    expect(world.engine.getAction(id)).toMatchObject({ phase: "PAUSED", condition: { type: "boolean", prompt: "?" } });
    const next = await world.crash();
    await turns();
    expect(await codeOf(next.engine.signal(id, signal("string", "yes")))).toBe("INVALID_INPUT");
    expect(await codeOf(next.engine.signal(id, new Uint8Array([255])))).toBe("INVALID_INPUT");
    const both = await Promise.all([1, 2].map(() => codeOf(next.engine.signal(id, signal("boolean", true)))));
    expect(both).toEqual(["none", "CONDITION_NOT_WAITING"]);
    expect(next.value((await next.end(run)).root.id)).toBe("true");
    expect(await codeOf(next.engine.signal(id, signal("boolean", false)))).toBe("CONDITION_NOT_WAITING");
    expect(await codeOf(next.engine.signal({ ...id, action: "zzz" }, signal("boolean", true)))).toBe("NOT_FOUND");
  });

  test("give up after their time, wherever it passes", async () => {
    const clock = new TestClock();
    const world = await openWorld({ asks }, { clock });
    const run = await world.run("asks");
    await clock.advance(40_000);
    const later = clock.restarted();
    const next = await world.crash({ clock: later });
    await later.advance(20_000);
    const { root } = await next.end(run);
    expect(next.value(root.id)).toBe("CONDITION_TIMED_OUT");
    expect(next.engine.getAction(idOf(next, run, "approve"))?.phase).toBe("TIMED_OUT");
  });
});

describe("progress and reports", () => {
  test("are seen while the action runs", async () => {
    const world = await openWorld({
      tells: {
        run: (_, { listener }) => {
          listener.progress(1, 4, "a quarter");
          listener.report("<p>so far</p>");
          listener.report(`<p>${"x".repeat(100_000)}</p>`);
          return new Promise(() => {});
        },
      },
    });
    const run = await world.run("tells");
    await until(() => (world.engine.report(run.root.id)?.length ?? 0) > 100_000);
    expect(world.engine.getRun(run.id)?.root).toMatchObject({
      hasReport: true,
      progress: { done: 1, total: 4, message: "a quarter" },
      phase: "RUNNING",
    });
  });
});

describe("the cache", () => {
  const cache = { behavior: "auto", version: "1", serialize: false, ignoredInputs: [], salt: "" } as const;

  test("gives a result that was computed before, in another run too, and not if it is to be computed anew", async () => {
    let computed = 0;
    const world = await openWorld({
      cached: { run: () => (computed += 1), settings: { cache } },
      top: { run: (_, { call }) => call("cached", { x: 1 }) },
    });
    const first = await world.end(await world.run("cached"));
    const second = await world.end(await world.run("cached"));
    expect([first.root.cache, second.root.cache]).toEqual(["populated", "hit"]);
    expect(second.root.attempts).toEqual([]);
    expect(await world.output("top")).toBe(1);
    expect(await world.output("cached", { x: 2 })).toBe(2);
    expect(await world.output("cached", { x: 1 }, { settings: { ...plain, overwriteCache: true } })).toBe(3);
    expect(await world.output("cached")).toBe(3);
  });

  test("lets one of several compute if they are serialised, and the next if it fails", async () => {
    let computed = 0;
    const world = await openWorld({
      cached: {
        run: async () => {
          computed += 1;
          await turns(10);
          if (computed === 1) throw new ScriptError({ retryable: false });
          return computed;
        },
        settings: { cache: { ...cache, serialize: true } },
      },
    });
    const runs = await Promise.all([1, 2, 3, 4].map(() => world.run("cached")));
    const ended = await Promise.all(runs.map((run) => world.end(run)));
    expect(ended.map(({ root }) => [root.phase, root.cache])).toEqual([
      ["FAILED", "miss"],
      ["SUCCEEDED", "populated"],
      ["SUCCEEDED", "hit"],
      ["SUCCEEDED", "hit"],
    ]);
    expect(computed).toBe(2);
  });

  test("is computed by one at a time after a restart too, also if one of them waits to be tried again", async () => {
    const clock = new TestClock();
    let [atOnce, most] = [0, 0];
    let fails = true;
    const world = await openWorld(
      {
        cached: {
          run: async () => {
            if (fails) throw new ScriptError({});
            atOnce += 1;
            most = Math.max(most, atOnce);
            await turns(10);
            atOnce -= 1;
            return "computed";
          },
          settings: {
            retries: 1,
            backoff: { baseMs: 1_000, factor: 1, capMs: 1_000 },
            cache: { ...cache, serialize: true },
          },
        },
      },
      { clock },
    );
    const runs = [await world.run("cached"), await world.run("cached"), await world.run("cached")];
    // Its failure is on disk, with the time of the next try.
    await until(() => runs.some(({ id }) => world.engine.getRun(id)?.root.attempts[0]?.phase === "FAILED"));
    fails = false;
    const later = clock.restarted();
    const next = await world.crash({ clock: later });
    await later.advance(999);
    expect(next.workers.begun).toEqual([]);
    await later.advance(1);
    const ended = await Promise.all(runs.map((run) => next.end(run)));
    expect(ended.map(({ root }) => root.cache).toSorted()).toEqual(["hit", "hit", "populated"]);
    expect(most).toBe(1);
  });

  test("6,000 that wait for one key end with their run", { timeout: 60_000 }, async () => {
    const settings = { cache: { ...cache, ignoredInputs: ["x"], serialize: true } };
    const world = await openWorld({
      cached: { run: () => new Promise(() => {}), settings },
      top: {
        run: (_, { call }) => Promise.all(Array.from({ length: 6_000 }, (_each, x) => call("cached", { x }))),
      },
    });
    const holder = await world.run("cached");
    await until(() => world.workers.running === 1);
    const run = await world.run("top");
    await until(() => world.engine.listActions(run.id, { limit: 1, token: "" }).total === 6_001);
    await world.engine.abort(run.root.id, "too many");
    expect((await world.end(run)).root.phase).toBe("ABORTED");
    // Now the key goes past all of those that have ended.
    await world.engine.abort(holder.root.id, "enough");
    expect((await world.end(holder)).root.phase).toBe("ABORTED");
    const next = await world.run("cached");
    await until(() => world.workers.running === 1);
    expect(world.workers.begun.filter((begun) => begun.startsWith("cached"))).toHaveLength(2);
    await world.engine.abort(next.root.id, "enough");
    expect((await world.end(next)).root.phase).toBe("ABORTED");
  });
});
