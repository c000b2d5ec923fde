import { condition, map, run, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const shop = new TaskEnvironment({
  name: "fan-out",
  description: "Asks suppliers, and a person, before it orders",
});

/** Prices of suppliers, in cents. */
const prices: Readonly<Record<string, number>> = { north: 1_250, east: 990, south: 1_100 };

export const quote = shop.task(
  {
    name: "quote",
    description: "Asks one supplier for a price, in cents.",
    input: z.object({ supplier: z.string(), item: z.string() }),
    output: z.int(),
    retries: { count: 3, backoff: { base: "100ms" } },
  },
  ({ supplier, item }, { attempt, log }) => {
    // One of them never answers at once: its action is tried again, the others are not.
    if (supplier === "east" && attempt === 1) throw new Error(`'${supplier}' did not answer`);
    const price = prices[supplier];
    if (price === undefined) throw new Error(`There is no supplier '${supplier}'`);
    log.info(`${supplier} asks ${price} for a ${item}`);
    return price;
  },
);

export const order = shop.task(
  {
    name: "order",
    description: "Orders an item from the cheapest supplier, once a person has agreed.",
    input: z.object({
      item: z.string().describe("what is wanted"),
      suppliers: z.array(z.string()).default(Object.keys(prices)).describe("who is asked"),
    }),
    output: z.object({ supplier: z.string(), price: z.int(), ordered: z.boolean() }),
  },
  async ({ item, suppliers }) => {
    const quotes = await map(
      quote,
      suppliers.map((supplier) => ({ supplier, item })),
      { concurrency: 2 },
    );
    const price = Math.min(...quotes);
    const supplier = suppliers[quotes.indexOf(price)] ?? "";
    const ordered = await condition({
      name: "approve",
      prompt: `Order the ${item} from ${supplier} for ${price} cents?`,
    });
    return { supplier, price, ordered };
  },
);

if (import.meta.main) {
  const run1 = await run(order, { item: "lamp" });
  console.log(`Waiting for an answer: ${run1.url}`);
  console.log(await run1.outputs());
}
