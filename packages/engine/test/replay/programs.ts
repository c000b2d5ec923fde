import * as fc from "fast-check";

/** A step of a program that calls durably, or waits. */
export type Step =
  | { readonly kind: "key" | "child" | "ask"; readonly x: number }
  | { readonly kind: "wait" | "flaky" | "sleep" | "chance" | "event" }
  | { readonly kind: "then"; readonly width: number }
  | { readonly kind: "map"; readonly width: number }
  | { readonly kind: "loop" | "group" | "helper"; readonly steps: readonly Step[] }
  | {
      readonly kind: "all" | "settled" | "race" | "limited" | "pool";
      readonly branches: readonly (readonly Step[])[];
    };

/** The kinds of steps that programs have. */
export interface Kinds {
  /** True if steps that are not durable take another time in each attempt. */
  readonly waits: boolean;
}

/**
 * Programs of tasks. Where nothing but what is recorded decides who comes first, they have races that are told, and pools
 * whose workers take the next order; else those could go another way each time.
 */
export function programs({ waits }: Kinds): fc.Arbitrary<readonly Step[]> {
  const x = fc.integer({ min: 0, max: 1 });
  const leaf: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("key", "child", "ask"), x }) },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "sleep" }, { kind: "chance" }, { kind: "event" }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("then", "map"), width: fc.constant(3) }) },
    ...(waits ? [{ weight: 6, arbitrary: fc.constantFrom<Step>({ kind: "wait" }, { kind: "flaky" }) }] : []),
  );
  const { step } = fc.letrec<{ step: Step; steps: readonly Step[] }>((tie) => ({
    steps: fc.array(tie("step"), { minLength: 1, maxLength: 3, depthIdentifier: "steps" }),
    step: fc.oneof(
      { depthIdentifier: "steps", maxDepth: 3 },
      { weight: 3, arbitrary: leaf },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("loop", "group", "helper"), steps: tie("steps") }) },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constantFrom("all", "settled", "limited", ...(waits ? [] : (["race", "pool"] as const))),
          branches: fc.array(tie("steps"), { minLength: 2, maxLength: 3 }),
        }),
      },
    ),
  }));
  return fc.array(step, { minLength: 1, maxLength: 3 });
}

/** The building blocks of programs. Equal calls are made at many places: only their place tells them apart. */
const head = `
import { condition, group, map, random, sleep, TaskEnvironment, trace, waitFor } from "@appenv/core";
import { z } from "zod";
export const env = new TaskEnvironment({ name: "env" });
const test: any = (globalThis as any).replayTest;
const key = trace("key", async (x: number) => { await test.pause(); return test.fresh("key"); });
const note = trace("note", async (place: string) => test.fresh("note " + place));
const child = env.task({ name: "child", input: z.object({ x: z.int() }), output: z.string(), retries: 20 }, async () => {
  await test.pause();
  return test.fresh("child");
});
const ask = (x: number) => condition({ name: "ask", prompt: "Number " + x, type: "string" });
/** A call, with the one place that makes it. */
const at = async (place: string, call: () => Promise<unknown>) => { test.asked(place); test.told(place, await call()); };
`;

/** A program's source, with the one task \`program\`. */
export function sourceOf(steps: readonly Step[]): string {
  const writer = new Writer();
  const body = writer.steps(steps, "p");
  return `${head}
${writer.helpers.join("\n")}
export const program = env.task({ name: "program", output: z.string(), retries: { count: 20, backoff: { base: "1ms" } } },
  async (_, ctx) => { const p = ""; ${body} return "done"; });
`;
}

class Writer {
  readonly helpers: string[] = [];
  #last = 0;

  /** @param path - The variable with the way to here. */
  steps(steps: readonly Step[], path: string): string {
    return steps.map((step) => this.#step(step, path)).join("\n");
  }

  #step(step: Step, path: string): string {
    const id = (this.#last += 1);
    const here = `${path} + "/${id}"`;
    switch (step.kind) {
      case "key":
      case "ask":
        return `await at(${here}, () => ${step.kind}(${step.x}));`;
      case "child":
        return `await at(${here}, () => child({ x: ${step.x} }));`;
      case "sleep":
        // Values are told apart: that of a sleep is its place.
        return `await at(${here}, async () => { await sleep("1ms"); return "slept " + ${here}; });`;
      case "event":
        // Sent as soon as it is waited for, with a value that no other place gets.
        return `await at(${here}, () => waitFor("event", { key: ${here} }));`;
      case "chance":
        return `await at(${here}, random);`;
      case "wait":
        return "await test.pause();";
      case "flaky":
        return `try { await test.flaky(); } catch { test.asked(${here}); test.told(${here}, await note(${here})); }`;
      case "then":
        return `await Promise.all(Array.from({ length: ${step.width} }, (_, i) => test.pause().then(() => {
          test.asked(${here} + i);
          return key(0);
        }).then((value: unknown) => test.told(${here} + i, value))));`;
      case "map":
        return `{ const inputs = Array.from({ length: ${step.width} }, () => ({ x: 0 }));
          inputs.forEach((_, i) => test.asked(${here} + i));
          (await map(child, inputs)).forEach((value, i) => test.told(${here} + i, value)); }`;
      case "loop":
        return `for (let i = 0; i < 2; i += 1) { const q${id} = ${here} + "#" + i; ${this.steps(step.steps, `q${id}`)} }`;
      case "group":
        return `await group("group", async () => { const q${id} = ${here}; ${this.steps(step.steps, `q${id}`)} });`;
      case "helper":
        this.helpers.push(`async function helper${id}(q: string) { ${this.steps(step.steps, "q")} }`);
        return `await helper${id}(${here});`;
      default:
        return this.#branches(step, here);
    }
  }

  #branches({ kind, branches }: Extract<Step, { branches: unknown }>, here: string): string {
    const codes = branches.map((steps) => `async (q: string) => { ${this.steps(steps, "q")} }`).join(",\n");
    const all = `const branches: ((q: string) => Promise<void>)[] = [${codes}];`;
    const begun = `branches.map(async (branch, i) => { await branch(${here} + "." + i); return i; })`;
    switch (kind) {
      case "settled":
        return `{ ${all} for (const one of await Promise.allSettled(${begun})) if (one.status === "rejected") throw one.reason; }`;
      case "race":
        return `{ ${all} const won = Promise.race(${begun}); test.won(${here}, await won); }`;
      case "limited":
        return `{ ${all} const limit = test.limit(1);
          await Promise.all(branches.map(async (branch, i) => {
            await test.pause();
            await limit(() => at(${here} + "!" + i, () => key(0)));
            await limit(async () => branch(${here} + "." + i));
          })); }`;
      case "pool":
        return `{ ${all} const queue = [...branches.keys()];
          const work = async (worker: number) => {
            for (let i = queue.shift(); i !== undefined; i = queue.shift()) {
              test.won(${here} + "?" + i, worker);
              await at(${here} + "!" + i, () => child({ x: i }));
              await branches[i](${here} + "." + i);
            }
          };
          await Promise.all([work(0), work(1)]); }`;
      default:
        return `{ ${all} await Promise.all(${begun}); }`;
    }
  }
}
