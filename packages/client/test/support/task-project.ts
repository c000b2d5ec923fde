import { symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Project } from "./project.ts";

/** A project with tasks in two files: `sums.total` of `tasks.ts` depends on `math.add_one` of `math.ts`. */
export function taskProject(): Project {
  const project = new Project({
    "math.ts": `
      import { cron, TaskEnvironment, triggerTime } from "@appenv/core";
      import { z } from "zod";
      export const math = new TaskEnvironment({ name: "math", envVars: { LEVEL: "debug" } });
      export const addOne = math.task(
        {
          name: "add_one",
          input: z.object({ x: z.int().min(0), day: z.date().optional() }),
          output: z.int(),
          triggers: [{ name: "daily", automation: cron("@daily"), inputs: { x: 1, day: triggerTime } }],
        },
        ({ x }) => x + 1,
      );`,
    "tasks.ts": `
      import { TaskEnvironment } from "@appenv/core";
      import { z } from "zod";
      import { addOne, math } from "./math.ts";
      export { addOne };
      export const sums = new TaskEnvironment({ name: "sums", dependsOn: [math] });
      sums.task(
        { name: "total", input: z.object({ numbers: z.array(z.int()), scale: z.number().default(1) }), output: z.number() },
        async ({ numbers }) => (await Promise.all(numbers.map((x) => addOne({ x })))).length,
      );`,
    "none.ts": 'export const nothing = "at all";',
  });
  symlinkSync(dirname(fileURLToPath(import.meta.resolve("zod"))), join(project.root, "node_modules/zod"));
  return project;
}
