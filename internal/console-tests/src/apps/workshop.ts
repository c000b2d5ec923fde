import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { map, TaskEnvironment, trace } from "@appenv/core";
import { z } from "zod";
import { markup } from "./stall.ts";

/** Tasks whose runs show what the page of one run is for. */
export const tasks = new TaskEnvironment({ name: "workshop" });

export const weigh = tasks.task({ name: "weigh", input: z.object({ what: z.string() }), output: z.int() }, ({ what }) =>
  what === "feather" ? 0 : 250,
);

export const pack = tasks.task(
  {
    name: "pack",
    input: z.object({ grams: z.int() }),
    output: z.string(),
    retries: { count: 1, backoff: { base: "50ms" } },
  },
  ({ grams }, { log, attempt }) => {
    log.info(`attempt ${attempt} packs ${grams} g`);
    if (grams <= 0) throw new RangeError(`nothing weighs ${grams} g`);
    return `parcel of ${grams} g`;
  },
);

export const send = tasks.task(
  { name: "send", input: z.object({ parcel: z.string() }), output: z.string() },
  ({ parcel }) => `sent: ${parcel}`,
);

const addressed = trace("addressed", async (to: string) => `to ${to}`);

/** Weighs several things, packs them one after the other, and sends the last parcel. */
export const deliver = tasks.task(
  { name: "deliver", input: z.object({ things: z.array(z.string()) }), output: z.string() },
  async ({ things }) => {
    await addressed("Ada");
    const weights = await map(
      weigh,
      things.map((what) => ({ what })),
    );
    let parcel = "";
    for (const grams of weights) parcel = await pack({ grams });
    return send({ parcel });
  },
);

export const tiny = tasks.task({ name: "tiny", input: z.object({ x: z.int() }), output: z.int() }, ({ x }) => x);

export const many = tasks.task(
  { name: "many", input: z.object({ count: z.int() }), output: z.int() },
  async ({ count }) => {
    const all = await map(
      tiny,
      Array.from({ length: count }, (_, x) => ({ x })),
      { concurrency: 64 },
    );
    return all.length;
  },
);

/** Works, does nothing for a while, and works again. */
export const pause = tasks.task(
  { name: "pause", input: z.object({ ms: z.int() }), output: z.int() },
  async ({ ms }) => {
    await tiny({ x: 1 });
    await sleep(ms);
    return tiny({ x: 2 });
  },
);

export const large = tasks.task({ name: "large", input: z.object({}), output: z.string() }, () =>
  `${markup}\u0007\u202Eevil\u202C `.repeat(80_000),
);

/** Lets one action run at a time; the others wait for their turn. */
export const single = new TaskEnvironment({ name: "single", dependsOn: [tasks], concurrency: 1 });

export const hold = single.task({ name: "hold", input: z.object({}), output: z.int() }, async (_, { signal }) => {
  const timer = setInterval(() => {}, 1_000);
  await once(signal, "abort");
  clearInterval(timer);
  throw signal.reason;
});
