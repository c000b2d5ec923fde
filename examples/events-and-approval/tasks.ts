import { condition, defineEvent, sleep, TaskEnvironment, waitFor } from "@appenv/core";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "events-and-approval" });

/** Sent by whoever takes the money, with the order's id as its key. */
export const paid = defineEvent({ name: "order-paid", value: z.object({ amount: z.number() }) });

/** The answer of the one who approves a large order. */
export const decision = z.object({
  approve: z.boolean(),
  amount: z.number().positive().max(1000).describe("The amount to invoice: less than was paid for a discount."),
  comment: z.string().max(500).optional(),
});

/** Waits for its payment, asks a person if it is a large one, and sleeps while the parcel is on its way. */
export const order = tasks.task(
  { name: "order", description: "Ships an order.", input: z.object({ id: z.string() }), output: z.string() },
  async ({ id }, { log }) => {
    const { amount } = await waitFor(paid, { key: id, timeout: "3 days" });
    if (amount > 100) {
      const question = { name: "approve", prompt: `Ship '${id}' for ${amount}?`, timeout: "1 day" } as const;
      const approval = condition({ ...question, schema: decision });
      log.info(`It is approved at ${await approval.link}`);
      const { approve, amount: invoiced, comment = "no comment" } = await approval;
      if (!approve) return `refused: ${comment}`;
      log.info(`Approved for ${invoiced}: ${comment}`);
    }
    // "2 days" for a real parcel.
    await sleep("1s");
    return "delivered";
  },
);
