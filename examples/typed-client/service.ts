import { TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import Fastify from "fastify";
import { z } from "zod";

const Order = z.object({
  id: z.int(),
  item: z.string().describe("as the catalogue names it"),
  state: z.enum(["open", "shipped"]),
});

export const tasks = new TaskEnvironment({ name: "billing" });

export const bill = tasks.task(
  {
    name: "bill",
    description: "Adds up an order.",
    input: z.object({
      items: z.array(z.object({ name: z.string(), cents: z.int() })),
      currency: z.enum(["EUR", "USD"]).default("EUR"),
      due: z.date().optional().describe("by when it is to be paid"),
    }),
    output: z.object({ cents: z.int(), currency: z.enum(["EUR", "USD"]), due: z.date() }),
  },
  ({ items, currency, due }) => ({
    cents: items.reduce((sum, { cents }) => sum + cents, 0),
    currency,
    due: due ?? new Date("2026-12-31"),
  }),
);

export const shop = new FastifyAppEnvironment({ name: "shop", app: Fastify(), dependsOn: [tasks] });

const orders = new Map<number, z.infer<typeof Order>>();

shop.app.post(
  "/orders",
  { schema: { body: Order.pick({ item: true }), response: { 201: Order } } },
  async ({ body }, reply) => {
    const order = { id: orders.size + 1, item: body.item, state: "open" as const };
    orders.set(order.id, order);
    return reply.code(201).send(order);
  },
);

shop.app.get(
  "/orders/:id",
  {
    schema: {
      summary: "One order.",
      params: z.object({ id: z.coerce.number() }),
      response: { 200: Order, 404: z.object({ message: z.string() }) },
    },
  },
  async ({ params }, reply) => {
    const order = orders.get(params.id);
    return order ?? reply.code(404).send({ message: `There is no order ${params.id}.` });
  },
);
