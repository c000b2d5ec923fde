import { map, TaskEnvironment, trace } from "@appenv/core";
import { z } from "zod";
import { fibonacci } from "./fibonacci.ts";

export const tasks = new TaskEnvironment({ name: "bench" });

const step = trace("next", (x: number) => x + 1);

export const child = tasks.task({ name: "child", input: z.object({ x: z.int() }), output: z.int() }, ({ x }) => x + 1);

/** A run with one step. */
export const oneStep = tasks.task({ name: "one_step", input: z.object({ x: z.int() }), output: z.int() }, ({ x }) =>
  step(x),
);

/** Calls the child a number of times, one after the other. Returns the time of each call, in milliseconds. */
export const inTurn = tasks.task(
  { name: "in_turn", input: z.object({ first: z.int(), calls: z.int() }), output: z.array(z.number()) },
  async ({ first, calls }) => {
    const times: number[] = [];
    for (let x = first; x < first + calls; x += 1) {
      const started = performance.now();
      await child({ x });
      times.push(performance.now() - started);
    }
    return times;
  },
);

/** Calls the child a number of times, some at once. Returns the time of all calls, in milliseconds. */
export const atOnce = tasks.task(
  { name: "at_once", input: z.object({ first: z.int(), calls: z.int(), concurrency: z.int() }), output: z.number() },
  async ({ first, calls, concurrency }) => {
    const started = performance.now();
    const inputs = Array.from({ length: calls }, (_, index) => ({ x: first + index }));
    await map(child, inputs, { concurrency });
    return performance.now() - started;
  },
);

const number = tasks.task({ name: "fibonacci", input: z.object({ n: z.int() }), output: z.int() }, ({ n }) =>
  fibonacci(n),
);

/** Calls a task a number of times, one after the other. */
export const flow = tasks.task(
  { name: "flow", input: z.object({ count: z.int(), n: z.int() }) },
  async ({ count, n }) => {
    for (let done = 0; done < count; done += 1) await number({ n });
  },
);

/** A run that is to begin later. */
export const later = tasks.task({ name: "later", input: z.object({ x: z.int() }), output: z.int() }, ({ x }) => x);
