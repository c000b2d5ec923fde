import "./otel.ts";
import { run, serve, TaskEnvironment, trace } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { z } from "zod";

const params = z.object({ item: z.string() });

/** Knows prices. */
export const prices = new FastifyAppEnvironment({
  name: "prices",
  description: "Knows what an item costs",
  port: 8081,
  envVars: { OTEL_SERVICE_NAME: "prices" },
});

prices.app.get(
  "/price/:item",
  { schema: { params, response: { 200: z.object({ price: z.number() }) } } },
  async (request) => ({ price: request.params.item.length }),
);

/** Packs and weighs orders. */
export const tasks = new TaskEnvironment({
  name: "orders",
  description: "Packs orders",
  dependsOn: [prices],
  envVars: { OTEL_SERVICE_NAME: "orders" },
});

const weigh = trace("weigh", (item: string) => item.length * 100);

export const priceOf = tasks.task(
  { name: "price_of", input: params, output: z.number(), retries: 3 },
  async ({ item }) => {
    const response = await prices.fetch(`/price/${encodeURIComponent(item)}`);
    return z.object({ price: z.number() }).parse(await response.json()).price;
  },
);

export const pack = tasks.task(
  { name: "pack", input: params, output: z.object({ grams: z.number(), price: z.number() }), retries: 3 },
  async ({ item }) => ({ grams: await weigh(item), price: await priceOf({ item }) }),
);

/** Takes orders. */
export const shop = new FastifyAppEnvironment({
  name: "shop",
  description: "Starts a run for each order",
  requiresAuth: false,
  dependsOn: [tasks],
  envVars: { OTEL_SERVICE_NAME: "shop" },
});

shop.app.post(
  "/orders/:item",
  { schema: { params, response: { 202: z.object({ run: z.string() }) } } },
  async (request, reply) => {
    const started = await run(pack, { item: request.params.item });
    return reply.code(202).send({ run: started.name });
  },
);

if (import.meta.main) console.log((await serve(shop)).endpoint);
