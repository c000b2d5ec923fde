import { expect, test } from "vitest";
import { bundled, BundledWorld } from "./bundled-world.ts";

const head = `
import { condition, group, map, TaskEnvironment, trace } from "@appenv/core";
import { z } from "zod";
import { setTimeout as sleep } from "node:timers/promises";
export const env = new TaskEnvironment({ name: "env" });
`;

/** A trace of something else each time, and a place where attempts fail as often as is said. */
const shared = `
let last = 0;
const key = trace("key", async () => "key " + (last += 1));
const keyed = trace({ name: "keyed", key: (id: string) => id }, async (_id: string) => "keyed " + (last += 1));
let failures = 0;
const failOnce = () => { if ((failures += 1) === 1) throw new Error("once"); };
/** Longer the first time for the one, the second time for the other. */
const wait = (one: boolean, attempt: number) => sleep(one === (attempt === 1) ? 30 : 0);
`;

const task = (name: string, body: string, output = "z.any()"): string => `
export const ${name} = env.task({ name: "${name}", output: ${output}, retries: { count: 2, backoff: { base: "1ms" } } },
  async (_, ctx) => {${body}});
`;

async function open(source: string): Promise<BundledWorld> {
  return BundledWorld.open(await bundled(head + source));
}

async function value(world: BundledWorld, name: string): Promise<any> {
  const run = await world.run(name);
  const root = await world.end(run);
  if (root.phase !== "SUCCEEDED") throw new Error(`${root.phase}: ${root.error?.message}`);
  return world.output(run);
}

test("a retry gives each order its own answer, however slow its payment was", async () => {
  const world = await open(`${shared}
    export const charge = env.task({ name: "charge", input: z.object({ order: z.string() }), output: z.string() },
      async ({ order }) => { await sleep(order === "A" ? 50 : 0); return order; });
    ${task(
      "ship",
      `const answers = await Promise.all(["A", "B"].map(async (order) => {
         await charge({ order });
         return [order, await condition({ name: "approve", prompt: "Ship it?", type: "string" })];
       }));
       failOnce();
       return answers;`,
    )}`);
  let asked = 0;
  // B is paid first, and so asked first.
  world.onWait((condition) => void world.signal(condition, (asked += 1) === 1 ? "ship B" : "do not ship A"));
  expect(await value(world, "ship")).toEqual([
    ["A", "do not ship A"],
    ["B", "ship B"],
  ]);
  expect(asked).toBe(2);
});

test("an approval is of the question that was asked, whatever order questions come in", async () => {
  const world = await open(`${shared}
    ${task(
      "ask",
      `const ask = async (order: string) => {
         const is = await condition({ name: "approve", prompt: "Ship " + order + "?", type: "string" });
         return order + ": " + is;
       };
       const orders = ctx.attempt === 1 ? ["A", "B"] : ["B", "A"];
       const answers = await Promise.all([ask(orders[0]), ask(orders[1])]);
       failOnce();
       return answers;`,
    )}`);
  world.onWait((condition) => void world.signal(condition, String(condition.condition?.prompt)));
  // They are asked in another order each time: B is asked anew, and not given the answer for A.
  expect(await value(world, "ask")).toEqual(["B: Ship B?", "A: Ship A?"]);
});

test("a condition of another type is another question", async () => {
  const world = await open(`${shared}
    ${task(
      "ask",
      `const type = ctx.attempt === 1 ? "integer" : "string";
       const answer = await condition({ name: "approve", prompt: "How many?", type });
       failOnce();
       return answer;`,
    )}`);
  world.onWait((condition) => {
    void world.signal(condition, condition.condition?.type === "integer" ? 7 : "seven");
  });
  expect(await value(world, "ask")).toBe("seven");
});

test("a key names a call outright, and two different calls with one are an error", async () => {
  const world = await open(`${shared}
    export const child = env.task({ name: "child", input: z.object({ x: z.int() }), output: z.string() }, ({ x }) => "child " + x);
    ${task(
      "keys",
      `if (ctx.attempt > 1) await key();
       const first = await keyed("one");
       const [second, third] = await Promise.all([keyed("two"), keyed("two")]);
       const own = await child({ x: ctx.attempt }, { key: "child" });
       const taken = await child({ x: 99 }, { key: "child" }).catch((error) => error.code);
       failOnce();
       return [first, second, third, own, taken];`,
    )}`);
  expect(await value(world, "keys")).toEqual(["keyed 1", "keyed 2", "keyed 2", "child 1", "KEY_TAKEN"]);
});

test("a run that is started inside a task has one idempotency key in all attempts, and another one in each place", async () => {
  const world = await open(`
    import { currentRunContext } from "@appenv/core/internal";
    ${shared}
    const keys: string[][] = [];
    const start = async (n: number) => currentRunContext()!.runKey("other.task", new Uint8Array([n].filter(Boolean)));
    ${task(
      "starts",
      `const made = await Promise.all([true, false].map(async (one) => { await wait(one, ctx.attempt); return start(0); }));
       keys.push([...made, await start(0)]);
       failOnce();
       return keys;`,
    )}`);
  const [first, second] = await value(world, "starts");
  expect(second).toEqual(first);
  expect(new Set(first).size).toBe(3);
});
