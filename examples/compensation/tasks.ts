import { condition, run, TaskEnvironment, uncancelled } from "@appenv/core";
import { z } from "zod";

export const trips = new TaskEnvironment({
  name: "compensation",
  description: "Books trips, and undoes what a cancelled one has done",
});

export const reserve = trips.task(
  {
    name: "reserve",
    description: "Reserves a seat.",
    input: z.object({ trip: z.string() }),
    output: z.string().describe("the reservation"),
  },
  ({ trip }, { log }) => {
    log.info(`reserved a seat to ${trip}`);
    return `seat-${trip}`;
  },
);

export const charge = trips.task(
  {
    name: "charge",
    description: "Takes the price, in cents.",
    input: z.object({ trip: z.string(), price: z.int() }),
    output: z.string().describe("the payment"),
  },
  ({ trip, price }, ctx) => {
    // The same in every attempt: a payment service takes the price once, however often it is asked.
    const key = `${ctx.run}/${ctx.action}`;
    ctx.log.info(`charged ${price} cents, with the key ${key}`);
    return `payment-${trip}`;
  },
);

export const refund = trips.task(
  {
    name: "refund",
    description: "Gives a payment back.",
    input: z.object({ payment: z.string() }),
    output: z.string(),
    // A service that does not answer must not keep the money.
    retries: { count: 3, backoff: { base: "1s" } },
  },
  ({ payment }, { log }) => {
    log.info(`refunded ${payment}`);
    return `refund of ${payment}`;
  },
);

export const release = trips.task(
  {
    name: "release",
    description: "Gives a reservation back.",
    input: z.object({ seat: z.string() }),
    output: z.string(),
    retries: { count: 3, backoff: { base: "1s" } },
  },
  ({ seat }, { log }) => {
    log.info(`released ${seat}`);
    return `release of ${seat}`;
  },
);

export const book = trips.task(
  {
    name: "book",
    description: "Books a trip: reserves, charges, and waits for the airline. Cancelled, or refused, it undoes that.",
    input: z.object({
      trip: z.string().describe("where to"),
      price: z.int().default(19_900).describe("in cents"),
    }),
    output: z.string().describe("the ticket"),
  },
  async ({ trip, price }) => {
    const undo: (() => Promise<unknown>)[] = [];
    try {
      // A step that has begun comes to its end, so that it is known whether there is something to undo.
      const seat = await uncancelled(() => reserve({ trip }));
      undo.unshift(() => release({ seat }));
      const payment = await uncancelled(() => charge({ trip, price }));
      undo.unshift(() => refund({ payment }));
      const confirmed = await condition({ name: "confirmed", prompt: `Does the airline confirm ${seat}?` });
      if (!confirmed) throw new Error(`The airline does not confirm ${seat}`);
      return `ticket for ${seat}`;
    } catch (error) {
      // After an abort or a time-out, calls are rejected, except here.
      await uncancelled(
        async () => {
          for (const step of undo) await step();
        },
        { timeout: "5m" },
      );
      throw error;
    }
  },
);

if (import.meta.main) {
  const booking = await run(book, { trip: "lisbon" });
  console.log(`Waiting for the airline: ${booking.url}`);
  console.log(await booking.outputs());
}
