import { z } from "zod";

/** The request of the validated routes. */
export const order = z.object({
  customer: z.object({ name: z.string().min(1), tier: z.enum(["basic", "plus"]) }),
  items: z.array(z.object({ sku: z.string().min(3).max(20), quantity: z.int().min(1).max(99), price: z.number() })),
  note: z.string().max(500).optional(),
});

/** Their answer. */
export const receipt = z.object({
  customer: z.string(),
  lines: z.array(z.object({ sku: z.string(), total: z.number() })),
  total: z.number(),
});

/** The handler of every side. */
export function receiptOf({ customer, items }: z.infer<typeof order>): z.infer<typeof receipt> {
  const lines = items.map(({ sku, quantity, price }) => ({ sku, total: quantity * price }));
  return { customer: customer.name, lines, total: lines.reduce((sum, line) => sum + line.total, 0) };
}
