import { condition, defineEvent, sleep, TaskEnvironment, waitFor } from "@appenv/core";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "events-and-approval" });

/** Sent by whoever takes the money, with the order's id as its key. */
export const paid = defineEvent({ name: "order-paid", value: z.object({ amount: z.number() }) });

/** Waits for its payment, asks a person if it is a large one, and sleeps while the parcel is on its way. */
export const order = tasks.task(
  { name: "order", description: "Ships an order.", input: z.object({ id: z.string() }), output: z.string() },
  async ({ id }, { log }) => {
    const { amount } = await waitFor(paid, { key: id, timeout: "3 days" });
    if (amount > 100) {
      const approval = condition({ name: "approve", prompt: `Ship '${id}' for ${amount}?`, timeout: "1 day" });
      log.info(`It is approved at ${await approval.link}`);
      if (!(await approval)) return "refused";
    }
    // "2 days" for a real parcel.
    await sleep("1s");
    return "delivered";
  },
);
