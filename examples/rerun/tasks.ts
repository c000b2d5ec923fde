import { map, run, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const shop = new TaskEnvironment({ name: "rerun", description: "Sends parcels, and fails at one of them" });

export const weigh = shop.task(
  {
    name: "weigh",
    description: "Weighs a thing, in grams. The scales know no feathers.",
    input: z.object({ thing: z.string() }),
    output: z.int(),
  },
  ({ thing }, { log }) => {
    log.info(`weighing a ${thing}`);
    return thing === "feather" ? 0 : 250;
  },
);

export const pack = shop.task(
  {
    name: "pack",
    description: "Packs a thing of a weight.",
    input: z.object({ thing: z.string(), grams: z.int() }),
    output: z.string(),
  },
  ({ thing, grams }) => {
    if (grams <= 0) throw new RangeError(`a ${thing} weighs more than ${grams} g`);
    return `${thing}, ${grams} g`;
  },
);

export const send = shop.task(
  {
    name: "send",
    description: "Sends the parcels.",
    input: z.object({ parcels: z.array(z.string()) }),
    output: z.string(),
  },
  ({ parcels }) => `sent: ${parcels.join("; ")}`,
);

export const deliver = shop.task(
  {
    name: "deliver",
    description: "Weighs all things, packs one after the other, and sends them together.",
    input: z.object({ things: z.array(z.string()) }),
    output: z.string(),
  },
  async ({ things }) => {
    const weights = await map(
      weigh,
      things.map((thing) => ({ thing })),
    );
    const parcels: string[] = [];
    for (const [index, thing] of things.entries()) parcels.push(await pack({ thing, grams: weights[index] ?? 0 }));
    return send({ parcels });
  },
);

if (import.meta.main) {
  const delivered = await run(deliver, { things: ["brick", "book"] });
  console.log(await delivered.outputs());
}
