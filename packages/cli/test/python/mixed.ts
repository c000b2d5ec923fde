import { Task } from "@appenv/client/tasks";
import { TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const mixed = new TaskEnvironment({ name: "mixed" });

export const addOne = mixed.task(
  { name: "add_one", input: z.object({ x: z.int() }), output: z.int() },
  ({ x }) => x + 1,
);

/** Its children are of Python. */
export const askPython = mixed.task({ name: "ask_python", output: z.any() }, async () => {
  const [square, describe] = await Promise.all([Task.get("py.square"), Task.get("py.describe")]);
  const given = { color: "BLUE", when: new Date("2026-01-02T03:04:05Z"), counts: { a: 1, b: 2 } };
  const point = { x: 1, y: 3, tags: ["t"] };
  const [nine, first, second] = await Promise.all([
    square.call({ x: 3 }),
    describe.call({ point, ...given }),
    describe.call({ point, ...given, name: "Ada" }, { group: "named" }),
  ]);
  return { nine, first, second };
});
