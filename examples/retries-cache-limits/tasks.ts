import { setTimeout as wait } from "node:timers/promises";
import { AppEnvError, NonRetryableError, run, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const bank = new TaskEnvironment({
  name: "retries-cache-limits",
  description: "Asks a bank that does not always answer",
});

const rates: Readonly<Record<string, number>> = { chf: 0.95, usd: 1.1 };

export const rate = bank.task(
  {
    name: "rate",
    description: "The price of a euro. The bank answers when it is asked for the second time.",
    input: z.object({ currency: z.string() }),
    output: z.number(),
    retries: { count: 3, backoff: { base: "100ms", factor: 2, cap: "1s" } },
    cache: "auto",
  },
  ({ currency }, { attempt, log }) => {
    const price = rates[currency];
    if (price === undefined) throw new NonRetryableError(`The bank has no ${currency}`);
    if (attempt === 1) throw new Error("The bank does not answer");
    log.info(`${price} ${currency}`);
    return price;
  },
);

export const news = bank.task(
  {
    name: "news",
    description: "Reads the news of the bank, which may take long.",
    input: z.object({ seconds: z.number() }),
    output: z.string(),
    retries: 1,
    timeout: { maxRuntime: "1s", maxQueuedTime: "1m", deadline: "1m" },
  },
  async ({ seconds }, { signal }) => {
    await wait(seconds * 1_000, undefined, { signal });
    return "nothing new";
  },
);

export const convert = bank.task(
  {
    name: "convert",
    description: "Converts euros, and reads the news if that takes no longer than a second.",
    input: z.object({ amount: z.number(), currency: z.string(), seconds: z.number().default(0) }),
    output: z.string(),
  },
  async ({ amount, currency, seconds }, { log }) => {
    const converted = Math.round(100 * amount * (await rate({ currency }))) / 100;
    try {
      return `${converted} ${currency}, ${await news({ seconds })}`;
    } catch (error) {
      if (!AppEnvError.is(error, "TIMED_OUT")) throw error;
      log.warn(error.message);
      return `${converted} ${currency}`;
    }
  },
);

if (import.meta.main) {
  const converted = await run(convert, { amount: 100, currency: "chf" });
  console.log(await converted.outputs());
}
