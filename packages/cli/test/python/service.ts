import { readdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { AppEnvironment, condition, FlyteDir, FlyteFile, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "python" });

export const addOne = tasks.task(
  { name: "add_one", input: z.object({ x: z.int(), by: z.int().default(1) }), output: z.int() },
  ({ x, by }, { log }) => {
    log.info(`adding ${by}`);
    return x + by;
  },
);

export const slow = tasks.task(
  { name: "slow", input: z.object({ seconds: z.number() }) },
  async ({ seconds }, { signal }) => {
    await setTimeout(seconds * 1_000, undefined, { signal });
  },
);

export const ask = tasks.task({ name: "ask", output: z.int() }, () =>
  condition({ name: "how-many", prompt: "How many?", type: "integer" }),
);

/** Its child waits, not the action itself. */
export const order = tasks.task({ name: "order", output: z.int() }, async () => (await ask()) + 1);

export const shout = tasks.task(
  { name: "shout", input: z.object({ file: z.instanceof(FlyteFile) }), output: z.instanceof(FlyteFile) },
  async ({ file }) => {
    const loud = new URL(`file://${file.path}.loud`);
    await writeFile(loud, (await readFile(file.path, "utf8")).toUpperCase());
    return new FlyteFile(loud.href);
  },
);

export const list = tasks.task(
  { name: "list", input: z.object({ dir: z.instanceof(FlyteDir) }), output: z.array(z.string()) },
  async ({ dir }) => (await readdir(dir.path)).toSorted(),
);

export const fail = tasks.task({ name: "fail" }, () => {
  throw new RangeError("too much");
});

export const app = new AppEnvironment({ name: "python-app", requiresAuth: false, dependsOn: [tasks] });

app.server(() => ({ request: (_request, response) => response.end("hello") }));
