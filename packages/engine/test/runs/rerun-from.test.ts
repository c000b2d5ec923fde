import { toBinary } from "@bufbuild/protobuf";
import { encodeInputs, LiteralSchema, toLiteral } from "@appenv/protocol/tasks";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { ScriptError, type ScriptContext } from "../support/engine-workers.ts";
import { openWorld, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const x = { x: { kind: "integer" } } as const;

/** Makes a new run from an earlier one. */
function from(run: RunRecord, actions: readonly string[], inputs: Record<string, Record<string, unknown>> = {}) {
  const type = { inputs: [{ name: "x", type: { kind: "integer" } }], output: undefined } as const;
  const bytes = Object.entries(inputs).map(([action, given]) => [action, encodeInputs(type, given)] as const);
  return { recover: run.id.run, rerunFrom: { actions, inputs: new Map(bytes) } };
}

function named(world: World, run: RunRecord, name: string): string {
  const found = world.actions(run).find((action) => action.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.id.action;
}

const began = (world: World): string[] => world.workers.begun.map((begun) => begun.split(" ")[0] ?? "");

describe("a run from an action of another one", () => {
  /** Weighs, packs what was weighed, and sends that; packing fails for weights that are not positive. */
  const parcel: Record<string, TestTask> = {
    weigh: { inputs: x, run: () => -5 },
    pack: {
      inputs: x,
      run: ({ x: grams }) => {
        if (grams <= 0) throw new ScriptError({ retryable: false, message: `no weight: ${grams}` });
        return `${grams} g`;
      },
    },
    send: { inputs: { what: { kind: "string" } }, run: ({ what }) => `sent ${what}` },
    parcel: {
      inputs: x,
      run: async (_: unknown, { call, trace }: ScriptContext) => {
        await trace("label", () => "label");
        const packed = await call("pack", { x: await call("weigh", { x: 1 }) });
        return call("send", { what: packed });
      },
    },
  };

  test("keeps what came before it, and takes its inputs from the request", async () => {
    const world = await openWorld(parcel);
    const failed = await world.end(await world.run("parcel"));
    expect(failed.root.error?.message).toContain("no weight: -5");
    world.workers.begun.length = 0;
    const pack = named(world, failed, "env.pack");
    const again = await world.end(await world.run("parcel", { x: 1 }, from(failed, [pack], { [pack]: { x: 250 } })));
    expect(world.value(again.root.id)).toBe("sent 250 g");
    expect(again).toMatchObject({ rerunOf: failed.id.run, recovers: true, rerunFrom: [pack] });
    expect(began(world)).toEqual(["parcel", "pack", "send"]);
    expect(world.actions(again).map(({ name, phase }) => `${name} ${phase}`)).toEqual([
      "env.parcel SUCCEEDED",
      "label RECOVERED",
      "env.weigh RECOVERED",
      "env.pack SUCCEEDED",
      "env.send SUCCEEDED",
    ]);
    expect(world.engine.inputs({ ...again.id, action: pack })).toEqual(
      encodeInputs({ inputs: [{ name: "x", type: { kind: "integer" } }], output: undefined }, { x: 250 }),
    );
    // The changed inputs stay for those that recover it or run again from what came later.
    world.workers.begun.length = 0;
    const send = named(world, again, "env.send");
    const third = await world.end(await world.run("parcel", { x: 1 }, from(again, [send])));
    expect([world.value(third.root.id), began(world)]).toEqual(["sent 250 g", ["parcel", "send"]]);
    const fourth = await world.end(await world.run("parcel", { x: 1 }, from(third, [pack])));
    expect(world.value(fourth.root.id)).toBe("sent 250 g");
    const plain = await world.end(await world.run("parcel"));
    expect(plain.root.phase).toBe("FAILED");
  });

  test("goes on after a crash with what it was asked for, also if that was accepted a moment before", async () => {
    const world = await openWorld(parcel);
    const failed = await world.end(await world.run("parcel"));
    const pack = named(world, failed, "env.pack");
    const again = await world.run("parcel", { x: 1 }, from(failed, [pack], { [pack]: { x: 7 } }));
    const next = await world.crash();
    const ended = await next.end(again);
    expect(next.value(ended.root.id)).toBe("sent 7 g");
    expect(began(next)).not.toContain("weigh");
  });

  test("computes the action anew although the cache knows its result", async () => {
    const world = await openWorld({
      ...parcel,
      weigh: {
        inputs: x,
        run: () => 5,
        settings: { cache: { behavior: "auto", version: "1", serialize: false, ignoredInputs: [], salt: "" } },
      },
    });
    const good = await world.end(await world.run("parcel"));
    world.workers.begun.length = 0;
    await world.end(await world.run("parcel"));
    expect(began(world)).not.toContain("weigh");
    world.workers.begun.length = 0;
    await world.end(await world.run("parcel", { x: 1 }, from(good, [named(world, good, "env.weigh")])));
    expect(began(world)).toEqual(["parcel", "weigh", "pack", "send"]);
  });

  test("asks again what was asked after it, and keeps the answers from before", async () => {
    const world = await openWorld({
      step: { inputs: x, run: () => "done" },
      late: {
        inputs: x,
        run: async (_: unknown, { call, condition }: ScriptContext) => {
          await call("step", { x: 1 });
          const answer = await condition("go-on", "integer");
          await call("step", { x: 2 });
          return answer;
        },
      },
    });
    const answer = async (run: RunRecord, value: number): Promise<RunRecord> => {
      await until(() => world.actions(run).some(({ name }) => name === "go-on"));
      const literal = toBinary(LiteralSchema, toLiteral({ kind: "integer" }, value));
      await world.engine.signal({ ...run.id, action: named(world, run, "go-on") }, literal);
      return world.end(run);
    };
    const first = await answer(await world.run("late"), 1);
    const [one, two] = world.actions(first).filter(({ name }) => name === "env.step");
    const before = await answer(await world.run("late", { x: 1 }, from(first, [one?.id.action ?? ""])), 2);
    expect(world.value(before.root.id)).toBe(2);
    const after = await world.end(await world.run("late", { x: 1 }, from(first, [two?.id.action ?? ""])));
    expect(world.value(after.root.id)).toBe(1);
  });

  test("is refused with the reason", async () => {
    const world = await openWorld(parcel);
    const failed = await world.end(await world.run("parcel"));
    const label = named(world, failed, "label");
    const run = (given: object): Promise<unknown> => world.run("parcel", { x: 1 }, given);
    await expect(run(from(failed, ["nothing"]))).rejects.toThrow(/no action 'nothing' in the run/);
    await expect(run(from(failed, [label], { [label]: { x: 1 } }))).rejects.toThrow(/no action of a task/);
    await expect(run(from(failed, ["a0"], { a0: { x: 1 } }))).rejects.toThrow(/those of the run itself/);
    await expect(run(from(failed, [label], { a0: { x: 1 } }))).rejects.toThrow(/none of the actions that run again/);
    expect(world.engine.listRuns({ project: "", domain: "" }, { limit: 10, token: "" }).items).toHaveLength(1);
  });
});

interface Part {
  readonly kind: "task" | "trace" | "side-by-side" | "in-turn";
  readonly parts: readonly Part[];
}

const { part } = fc.letrec<{ part: Part }>((tie) => {
  const parts = fc.array(tie("part"), { minLength: 1, maxLength: 3 });
  const none = fc.constant<readonly Part[]>([]);
  const kind = fc.constantFrom<Part["kind"]>("task", "side-by-side", "in-turn");
  return {
    part: fc.oneof(
      { maxDepth: 3 },
      fc.record({ kind: fc.constantFrom<Part["kind"]>("task", "trace"), parts: none }),
      fc.record({ kind, parts }),
    ),
  };
});

/** The order in which calls of a run were made, ended, and were heard of by their callers. */
class Journal {
  readonly asked: Map<string, number> = new Map();
  readonly ended: Map<string, number> = new Map();
  readonly told: Map<string, number> = new Map();
  readonly action: Map<string, string> = new Map();
  #now = 0;

  note(what: "asked" | "ended" | "told", id: string): void {
    this[what].set(id, (this.#now += 1));
  }
}

/** A tree of tasks that does what its inputs say. `id`: the path from the first task. */
function tree(journal: () => Journal): Record<string, TestTask> {
  const run = async (id: string, of: Part, context: ScriptContext): Promise<void> => {
    const steps = of.parts.map((each, index) => () => step(`${id}.${index}`, each, context));
    if (of.kind === "side-by-side") await Promise.all(steps.map((begin) => begin()));
    else for (const begin of steps) await begin();
  };
  const step = async (id: string, of: Part, context: ScriptContext): Promise<void> => {
    if (of.kind === "in-turn" || of.kind === "side-by-side") return run(id, of, context);
    journal().note("asked", id);
    if (of.kind === "task") await context.call("node", { id, part: of });
    else await context.trace(id, () => journal().note("ended", id));
    journal().note("told", id);
  };
  return {
    node: {
      inputs: { id: { kind: "string" }, part: { kind: "struct", jsonSchema: {} } },
      run: async ({ id, part: of }: { id: string; part: Part }, context: ScriptContext) => {
        journal().action.set(id, context.start.action);
        await turns(1 + (id.length % 3));
        await run(id, of, context);
        journal().note("ended", id);
      },
    },
  };
}

/** The mistakes of a run from an action, by what the journals of both runs tell. */
function mistakes(before: Journal, after: Journal, chosen: string): string[] {
  const found: string[] = [];
  for (const id of before.asked.keys()) {
    const [ran, wanted] = [after.ended.has(id), mayHaveRun(before, chosen, id)];
    if (wanted !== undefined && ran !== wanted) found.push(`${id} ${ran ? "ran" : "did not run"} again from ${chosen}`);
  }
  return found;
}

/** True: it has to run again; false: it must not. Undefined: it was asked for between an end and the moment of hearing of it. */
function mayHaveRun({ asked, ended, told }: Journal, chosen: string, id: string): boolean | undefined {
  if (id === chosen || chosen.startsWith(`${id}.`) || id.startsWith(`${chosen}.`)) return true;
  // Ids lead through groups, which are no calls: the first calls below the last common task.
  const [one, other] = [callsTo(asked, chosen), callsTo(asked, id)];
  const fork = one.findIndex((call, index) => call !== other[index]);
  const [leads, beside] = [one[fork] ?? "", other[fork] ?? ""];
  if ((asked.get(beside) ?? 0) < (ended.get(leads) ?? 0)) return false;
  return (asked.get(beside) ?? 0) > (told.get(leads) ?? 0) ? true : undefined;
}

function callsTo(asked: ReadonlyMap<string, number>, id: string): readonly string[] {
  return [...asked.keys()]
    .filter((call) => call === id || id.startsWith(`${call}.`))
    .toSorted((a, b) => a.length - b.length);
}

test.each([
  ["while nothing happens", false],
  ["and the platform is killed", true],
] as const)(
  "exactly what was asked for before an action had ended is kept, and nothing kept runs again: %s",
  async (_, crashes) => {
    const property = fc.asyncProperty(part, fc.nat(), fc.nat({ max: 12 }), async (root, which, after) => {
      let journal = new Journal();
      let world = await openWorld(tree(() => journal));
      const inputs = { id: "r", part: root };
      const first = await world.end(await world.run("node", inputs));
      expect(first.root.phase).toBe("SUCCEEDED");
      const before = journal;
      const tasks = [...before.action.keys()].filter((id) => id !== "r");
      const chosen = tasks[which % Math.max(tasks.length, 1)];
      if (chosen === undefined) return;
      journal = new Journal();
      world.workers.begun.length = 0;
      const actions = [before.action.get(chosen) ?? ""];
      const run = await world.run("node", inputs, { recover: first.id.run, rerunFrom: { actions, inputs: new Map() } });
      if (crashes) {
        await until(
          () => world.workers.begun.length > after || world.engine.getRun(run.id)?.root.endedAt !== undefined,
        );
        world = await world.crash();
      }
      const ended = await world.end(run);
      expect([ended.root.phase, mistakes(before, journal, chosen)]).toEqual(["SUCCEEDED", []]);
      const again = world.actions(ended).filter(({ phase }) => phase === "RECOVERED");
      const kept = new Set(again.map(({ id }) => id.action));
      expect([...journal.action.values()].filter((action) => kept.has(action))).toEqual([]);
    });
    await fc.assert(property, { numRuns: crashes ? 10 : 15 });
  },
);
