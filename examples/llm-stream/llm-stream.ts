import { readFile } from "node:fs/promises";
import { serve, TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { exposeTask } from "@appenv/webhooks";
import { z } from "zod";
import { model } from "./model.ts";

export const tasks = new TaskEnvironment({
  name: "models",
  description: "Answers that are read while they are written",
});

export const answer = tasks.task(
  {
    name: "answer",
    description: "Answers a prompt, word by word.",
    input: z.object({ prompt: z.string().max(2_000), words: z.int().min(1).max(2_000).default(19) }),
    output: z.int(),
  },
  async ({ prompt, words }, ctx) => {
    const tokens = ctx.stream("tokens", z.string());
    let count = 0;
    for await (const token of model(prompt, words, ctx.signal)) {
      await tokens.write(token);
      count += 1;
      ctx.progress(count, words + 1);
    }
    await tokens.close();
    return count;
  },
);

export const env = new FastifyAppEnvironment({ name: "llm-stream", requiresAuth: false, dependsOn: [tasks] });

// POST /answers starts a run; GET /answers/RUN/streams/tokens is what it writes, for an EventSource.
env.mount(exposeTask(answer, { path: "/answers" }));

const page = await readFile(new URL("page.html", import.meta.url), "utf8");

env.app.get("/", async (_, reply) => reply.type("text/html; charset=utf-8").send(page));

if (import.meta.main) console.log((await serve(env)).endpoint);
