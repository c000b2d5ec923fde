import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvironment, condition, cron, fixedRate, group, map, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

// The apps and tasks of the pictures in the README: a shop that packs orders.

export const stock = new AppEnvironment({ name: "stock", requiresAuth: false, scaling: { replicas: 2 } });
stock.server(() =>
  createServer((request, response) => {
    setTimeout(
      () => {
        response.statusCode = Math.random() < 0.01 ? 503 : 200;
        response.end(request.url);
      },
      2 + Math.random() * 12,
    );
  }),
);

export const shop = new AppEnvironment({
  name: "shop",
  description: "Takes orders",
  requiresAuth: false,
  dependsOn: [stock],
  scaling: { replicas: [1, 3] },
});
shop.server(() =>
  createServer((request, response) => {
    process.stdout.write(`order ${request.url}\n`);
    stock.fetch(request.url ?? "/", { retry: false }).then(
      (answer) => response.writeHead(answer.ok ? 200 : 502).end(`${request.url}: ${answer.status}`),
      () => response.writeHead(502).end(),
    );
  }),
);

export const orders = new TaskEnvironment({ name: "orders", dependsOn: [stock] });

const Item = z.object({ name: z.string(), count: z.int() });

export const reserve = orders.task(
  { name: "reserve", description: "Takes an item off the shelf.", input: Item, output: z.int(), retries: 2 },
  async ({ name, count }, { attempt, log }) => {
    log.info(`reserving ${count} of ${name}`);
    await stock.fetch(`/${name}`);
    await sleep(150 + name.length * 60);
    if (name === "lamp" && attempt === 1) throw new Error("the shelf of lamps is being counted");
    return count;
  },
);

export const charge = orders.task(
  {
    name: "charge",
    input: z.object({ cents: z.int() }),
    output: z.string(),
    retries: { count: 1, backoff: { base: "1s" } },
  },
  async ({ cents }, { log }) => {
    log.info(`charging ${cents}`);
    await sleep(600);
    if (cents > 100_000) throw new RangeError(`a card takes at most 100000 cents, and this are ${cents}`);
    return "paid";
  },
);

export const label = orders.task({ name: "label", input: Item, output: z.string() }, async ({ name }) => {
  await sleep(250);
  return `label for ${name}`;
});

export const pack = orders.task(
  {
    name: "pack",
    description: "Packs an order: reserves, charges, and asks before anything large leaves the house.",
    input: z.object({ items: z.array(Item), cents: z.int() }),
    output: z.array(z.string()),
  },
  async ({ items, cents }) => {
    await group("shelves", () => map(reserve, items));
    await charge({ cents });
    if (cents > 20_000) {
      await condition({
        name: "release",
        prompt: `**${items.length} items** for ${cents / 100} € leave the house. Release them?`,
        markdown: true,
      });
    }
    return group("labels", () => map(label, items));
  },
);

export const report = orders.task(
  {
    name: "report",
    input: z.object({}),
    output: z.int(),
    triggers: [
      { name: "nightly", automation: cron("0 3 * * *", { timeZone: "Europe/Berlin" }), inputs: {} },
      { name: "hourly", automation: fixedRate("1h"), inputs: {} },
    ],
  },
  () => 1,
);
