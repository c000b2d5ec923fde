import { setTimeout as sleep } from "node:timers/promises";
import { serve, TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { exposeTask } from "@appenv/webhooks";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "reports", description: "Reports that take their time" });

export const report = tasks.task(
  {
    name: "report",
    description: "Writes a report about a month.",
    input: z.object({ month: z.iso.date(), seconds: z.number().min(0).max(600).default(1) }),
    output: z.object({ title: z.string(), pages: z.int() }),
  },
  async ({ month, seconds }, { signal }) => {
    await sleep(seconds * 1_000, undefined, { signal });
    return { title: `All that happened in ${month.slice(0, 7)}`, pages: 12 };
  },
);

export const env = new FastifyAppEnvironment({ name: "task-endpoints", requiresAuth: false, dependsOn: [tasks] });

env.mount(exposeTask(report, { path: "/reports", rateLimit: { requests: 100, per: "1m" } }));

if (import.meta.main) console.log((await serve(env)).endpoint);
