import { shop, tasks } from "./appenv-client.ts";

// A program that has none of the service's code: names, inputs and answers are checked by the compiler all the same.
const { id } = await shop.request("POST /orders", { body: { item: "kettle" } });
const order = await shop.request("GET /orders/{id}", { path: { id } });
console.log(`order ${order.id}: ${order.item}, ${order.state}`);

const run = await tasks.run(
  "billing.bill",
  { items: [{ name: order.item, cents: 2_900 }] },
  { labels: { order: `${id}` } },
);
const { cents, currency, due } = await run.outputs();
console.log(`${cents / 100} ${currency}, due ${due.toISOString().slice(0, 10)}`);
