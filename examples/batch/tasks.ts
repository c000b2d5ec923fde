import { runAll, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "batch", description: "Prices of many orders" });

export const price = tasks.task(
  {
    name: "price",
    description: "The price of an order, in cents.",
    input: z.object({ order: z.int(), pieces: z.int().min(1) }),
    output: z.int(),
    retries: 3,
  },
  ({ pieces }) => pieces * 250,
);

if (import.meta.main) {
  const orders = Array.from({ length: 100 }, (_, order) => ({ order, pieces: (order % 3) + 1 }));
  // All or none, in one transaction. With the key, a second try starts none of them again.
  const runs = await runAll(price, orders, { labels: { batch: "monday" }, idempotencyKey: "prices-monday" });
  const prices = await Promise.all(runs.map((run) => run.outputs()));
  console.log(
    runs.length,
    "runs,",
    prices.reduce((sum, cents) => sum + cents, 0),
    "cents",
  );
}
