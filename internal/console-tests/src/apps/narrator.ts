import { condition, TaskEnvironment } from "@appenv/core";
import { z } from "zod";
import { markup } from "./stall.ts";

export const narrators = new TaskEnvironment({ name: "narrator" });

export const narrate = narrators.task(
  { name: "narrate", input: z.object({ lines: z.int() }), output: z.int() },
  async ({ lines }, ctx) => {
    const story = ctx.stream("story", z.string());
    for (let line = 1; line <= lines; line += 1) await story.write(`line ${line} ${markup}`);
    await ctx.stream("facts").write({ lines });
    ctx.progress(1, 2, "told the first part");
    ctx.metadata.set("hero", "a pear");
    await condition({ name: "more", prompt: "Go on?" });
    await story.write("the end");
    ctx.progress(2, 2, "told all");
    return lines;
  },
);
