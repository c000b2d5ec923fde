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
  world.onCondition((condition) => void world.signal(condition, (asked += 1) === 1 ? "ship B" : "do not ship A"));
  expect(await value(world, "ship")).toEqual([
    ["A", "do not ship A"],
    ["B", "ship B"],
  ]);
  expect(asked).toBe(2);
});
