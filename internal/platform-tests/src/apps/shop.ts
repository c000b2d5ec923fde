import { once } from "node:events";
import { createServer } from "node:http";
import {
  AppEnvError,
  AppEnvironment,
  condition,
  cron,
  defineEvent,
  map,
  now,
  random,
  send,
  sleep,
  sleepUntil,
  TaskEnvironment,
  trace,
  triggerTime,
  uuid,
  waitFor,
} from "@appenv/core";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "shop" });

export const add = tasks.task(
  { name: "add", input: z.object({ x: z.int(), y: z.int().default(1) }), output: z.int() },
  ({ x, y }, ctx) => {
    ctx.log.info(`adding ${x} and ${y}`);
    return x + y;
  },
);

const measured = trace("measured", async (xs: readonly number[]) => xs.length);

export const total = tasks.task(
  { name: "total", input: z.object({ xs: z.array(z.int()) }), output: z.int() },
  async ({ xs }) => {
    const count = await measured(xs);
    const sums = await map(
      add,
      xs.map((x) => ({ x, y: count })),
    );
    return sums.reduce((sum, x) => sum + x, 0);
  },
);

/** Calls what is deployed, as it calls tasks that are in another language. */
export const lookUp = tasks.task(
  { name: "look_up", input: z.object({ x: z.int() }), output: z.int() },
  async ({ x }) => {
    // Loaded where it is needed: the other tasks start sooner.
    const { Task } = await import("@appenv/client/tasks");
    const deployed = await Task.get("shop.add");
    const sums = await Promise.all([deployed.call({ x }), deployed.call({ x, y: 10 }, { group: "tens" })]);
    return sums.map(Number).reduce((sum, each) => sum + each, 0);
  },
);

export const ask = tasks.task({ name: "ask", input: z.object({}), output: z.string() }, async () =>
  (await condition({ name: "approve", prompt: "Go on?" })) ? "approved" : "refused",
);

/** There is one for each list of arguments. */
const mark = trace("mark", (...given: readonly string[]) => given.length);

/** Sleeps, and fails once; its second attempt must be given the same time and chance. */
export const nap = tasks.task(
  { name: "nap", input: z.object({}), output: z.array(z.string()), retries: { count: 1, backoff: { base: "1ms" } } },
  async (_, ctx) => {
    const given = [(await now()).toISOString(), String(await random()), await uuid()];
    await Promise.all([sleep("5ms"), sleepUntil(new Date(Date.now() + 5))]);
    await mark(...given);
    if (ctx.attempt === 1) throw new Error("too early");
    return given;
  },
);

export const paid = defineEvent({ name: "order-paid", value: z.object({ amount: z.number(), at: z.date() }) });

/** Waits for the payment of an order. */
export const order = tasks.task(
  { name: "order", input: z.object({ id: z.string() }), output: z.string() },
  async ({ id }) => {
    const { amount, at } = await waitFor(paid, { key: id });
    return `${amount} at ${at.toISOString()}`;
  },
);

/** Sends what another run waits for, and fails once after that. */
export const pay = tasks.task(
  { name: "pay", input: z.object({ id: z.string() }), retries: { count: 1, backoff: { base: "1ms" } } },
  async ({ id }, ctx) => {
    await send(paid, { amount: 12, at: new Date(0) }, { key: id });
    if (ctx.attempt === 1) throw new Error("after it was sent");
  },
);

/** Asks for a number, by a link that it writes down. */
export const quote = tasks.task({ name: "quote", input: z.object({}), output: z.int() }, async (_, ctx) => {
  const offer = condition({ name: "offer", prompt: "How <much>?", type: "integer", timeout: "1h" });
  ctx.log.info(`link: ${await offer.link}`);
  return await offer;
});

/** Asks for an object, by a link that it writes down. */
export const refund = tasks.task({ name: "refund", input: z.object({}), output: z.string() }, async (_, ctx) => {
  const decision = z.object({
    approve: z.boolean(),
    amount: z.number().max(500),
    way: z.enum(["bank", "voucher"]).default("bank"),
    comment: z
      .string()
      .transform((comment) => comment.trim())
      .optional(),
    address: z.object({ city: z.string() }),
  });
  const asked = condition({ name: "refund", prompt: "Refund it?", schema: decision });
  ctx.log.info(`link: ${await asked.link}`);
  const { approve, amount, way, comment = "none", address } = await asked;
  return `${approve} ${amount} by ${way} to ${address.city}: ${comment}`;
});

export const boom = tasks.task({ name: "boom", input: z.object({}), output: z.int() }, () => {
  throw new TypeError("out of range");
});

export const daily = tasks.task(
  {
    name: "daily",
    input: z.object({ x: z.int(), at: z.date() }),
    output: z.string(),
    triggers: [{ name: "morning", automation: cron("0 6 * * *"), inputs: { x: 7, at: triggerTime } }],
  },
  ({ x, at }) => `${x} at ${at.toISOString()}`,
);

/** Cries its offers; says how that went if nobody can hear them. */
export const cry = tasks.task({ name: "cry", input: z.object({}), output: z.string() }, async (_, ctx) => {
  ctx.progress(1, 2, "crying");
  ctx.metadata.set("voice", "loud");
  const offers = ctx.stream("offers", z.string());
  try {
    await offers.pipe(["pears", "plums"]);
    return "heard";
  } catch (error) {
    return AppEnvError.is(error) ? error.code : "lost";
  }
});

/** Ends when it is aborted. */
export const endless = tasks.task({ name: "endless", input: z.object({}), output: z.int() }, async (_, ctx) => {
  ctx.log.info("waiting for the end");
  const timer = setInterval(() => {}, 1_000);
  await once(ctx.signal, "abort");
  clearInterval(timer);
  throw ctx.signal.reason;
});

export const web = new AppEnvironment({ name: "shop-web", requiresAuth: false });
web.server(() =>
  createServer((request, response) => {
    process.stdout.write(`asked for ${request.url}\n`);
    response.end("open");
  }),
);
