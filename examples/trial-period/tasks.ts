import { duration, now, random, run, sleep, sleepUntil, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const trials = new TaskEnvironment({
  name: "trial-period",
  description: "Writes to customers who try a product",
});

export const mail = trials.task(
  {
    name: "mail",
    description: "Sends a mail.",
    input: z.object({ to: z.string(), text: z.string() }),
    output: z.string(),
    retries: 5,
  },
  ({ to, text }, ctx) => {
    // A mail service sends it once for one key, however often it is asked.
    ctx.log.info(`to ${to}, with the key ${ctx.run}/${ctx.action}: ${text}`);
    return text;
  },
);

export const trial = trials.task(
  {
    name: "trial",
    description: "Follows a customer through a trial of 14 days.",
    input: z.object({
      customer: z.string(),
      day: duration(z.number()).default(86_400).describe("how long a day is; shorter to try it out"),
    }),
    output: z.object({ group: z.enum(["a", "b"]), begun: z.date(), ended: z.date() }),
  },
  async ({ customer, day }) => {
    // Recorded: after a restart they are what they were, and so are the moments and the words below.
    const begun = await now();
    const group: "a" | "b" = (await random()) < 0.5 ? "a" : "b";
    const on = (days: number): Date => new Date(begun.getTime() + days * day * 1_000);
    await mail({ to: customer, text: "Welcome" });
    await sleep(3 * day);
    await mail({ to: customer, text: group === "a" ? "Can we help you?" : "Have you seen this?" });
    await sleepUntil(on(12));
    await mail({ to: customer, text: "Two days are left" });
    await sleepUntil(on(14));
    await mail({ to: customer, text: "Your trial is over" });
    return { group, begun, ended: await now() };
  },
);

if (import.meta.main) {
  const ada = await run(trial, { customer: "ada", day: 0.2 });
  console.log(`Begun: ${ada.url}`);
  console.log(await ada.outputs());
}
