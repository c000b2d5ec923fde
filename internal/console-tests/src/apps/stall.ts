import { setTimeout as sleep } from "node:timers/promises";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { AppEnvironment, condition, cron, FlyteFile, map, TaskEnvironment, waitFor } from "@appenv/core";
import { z } from "zod";

/** A text that would be a picture with a script if it were HTML. */
export const markup = `<img src=x onerror="globalThis.hacked=1">`;

export const tasks = new TaskEnvironment({ name: "stall" });

export const weigh = tasks.task(
  {
    name: "weigh",
    description: "Weighs one fruit, in grams.",
    input: z.object({ fruit: z.string(), grams: z.int().default(100).describe("of one piece") }),
    output: z.int(),
    retries: 1,
  },
  async ({ fruit, grams }, { attempt, log }) => {
    log.info(`attempt ${attempt} weighs ${fruit} \u001b[32mgreen\u001b[0m \u202Erevo`);
    await sleep(40);
    if (fruit === "stone") throw new RangeError(`a ${fruit} is no fruit ${markup}`);
    return grams;
  },
);

export const sell = tasks.task(
  {
    name: "sell",
    description: "Weighs and sells.",
    input: z.object({ fruits: z.array(z.string()), customer: z.string().default("nobody") }),
    output: z.object({ total: z.int(), customer: z.string() }),
    report: true,
    retries: 0,
  },
  async ({ fruits, customer }, { report, log }) => {
    log.info(`selling to ${customer}`);
    report.replace(`<h1>Sold</h1><script>document.body.append("scripted")</script>`);
    await report.flush();
    const weights = await map(
      weigh,
      fruits.map((fruit) => ({ fruit })),
    );
    return { total: weights.reduce((sum, grams) => sum + grams, 0), customer };
  },
);

export const ask = tasks.task({ name: "ask", input: z.object({}), output: z.string() }, async () => {
  const agreed = await condition({
    name: "agree",
    prompt: `**Sell** the last pear?\n\n- it is [old](https://example.com)\n- ${markup}\n\n[bad](javascript:alert(1))`,
    markdown: true,
  });
  return agreed ? "sold" : "kept";
});

/** Asks for an object. */
export const haggle = tasks.task({ name: "haggle", input: z.object({}), output: z.string() }, async (_, ctx) => {
  const schema = z.object({
    agreed: z.boolean(),
    price: z.number().max(9).describe("In coins"),
    bag: z.enum(["paper", "none"]).optional(),
    remark: z.string().optional(),
  });
  const asked = condition({ name: "haggle", prompt: `What for the pear ${markup}?`, schema });
  ctx.log.info(`link: ${await asked.link}`);
  const { agreed, price, bag = "no", remark = "nothing" } = await asked;
  return `${agreed} ${price} ${bag} ${remark}`;
});

export const read = tasks.task(
  { name: "read", input: z.object({ letter: z.instanceof(FlyteFile), sent: z.date() }), output: z.string() },
  async ({ letter, sent }) => `${await readFile(letter.path, "utf8")} ${sent.toISOString()}`,
);

/** Waits for an event. */
export const restock = tasks.task(
  { name: "restock", input: z.object({ fruit: z.string() }), output: z.unknown() },
  async ({ fruit }) => waitFor("crates-came", { key: fruit }),
);

export const nightly = tasks.task(
  {
    name: "nightly",
    input: z.object({ x: z.int() }),
    output: z.int(),
    triggers: [{ name: "at-night", automation: cron("0 3 * * *"), inputs: { x: 7 } }],
  },
  ({ x }) => x,
);

export const web = new AppEnvironment({
  name: "stall-web",
  description: `Sells ${markup}`,
  requiresAuth: false,
  dependsOn: [tasks],
  // Its load is looked at, however long that takes: at zero it would have none.
  scaling: { replicas: 1 },
  links: [{ path: "/docs", title: "Docs", isRelative: true }],
});
web.server(() =>
  createServer((request, response) => {
    process.stdout.write(`asked for ${request.url} ${markup}\n`);
    response.end("open");
  }),
);
