import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { startBare } from "../sides/bare.ts";
import { compareLoad } from "./compare-load.ts";

/** An app on both sides, and the validator of the other one. */
interface Contestant {
  readonly name: string;
  readonly framework: string;
  readonly app: string;
  readonly bare: string;
  readonly validator: string;
  readonly how: string;
  /** The reason if it falls short. */
  readonly cause?: string;
}

const order = {
  customer: { name: "Ada Lovelace", tier: "plus" },
  items: [
    { sku: "engine-1", quantity: 1, price: 1843.5 },
    { sku: "card-80", quantity: 50, price: 0.25 },
    { sku: "card-90", quantity: 10, price: 0.5 },
  ],
  note: "To be delivered in the morning.",
};

const unknownCause = "not profiled yet; it includes what the ingress costs (see throughput).";

export const validated: Row = validatedOf({
  name: "validated",
  framework: "Fastify",
  app: "fastify-orders",
  bare: "bare-fastify-orders",
  validator: "ajv and fast-json-stringify (JSON schemas)",
  how: "Loaded as in throughput: a POST with an order of three items, answered with a receipt. AppEnv's side checks both by zod schemas; the other has JSON schemas that say the same. ajv tells whether the body fits; fast-json-stringify writes what the schema names and checks nothing of it.",
  cause:
    "a POST without schemas takes as long on both sides; what is left comes with zod's checks, mostly that of the body.",
});

export const validatedExpress: Row = validatedOf({
  name: "validated-express",
  framework: "Express",
  app: "express",
  bare: "bare-express",
  validator: "`parse` of the same zod schemas in the handler",
  how: "As validated. Express has no validator: on the other side the handler calls `parse` of zod for the body, after `express.json()`, and for the answer.",
});

export const validatedHono: Row = validatedOf({
  name: "validated-hono",
  framework: "Hono",
  app: "hono",
  bare: "bare-hono",
  validator: "@hono/zod-validator, `parse` for the answer",
  how: "As validated. AppEnv's side uses hono-openapi, so that the route is in the document; it calls `parse` of zod for the answer too, since nothing of Hono's checks answers.",
});

function validatedOf({ name, framework, app, bare, validator, how, cause = unknownCause }: Contestant): Row {
  return {
    name,
    what: `throughput of ${framework}, body and answer validated by zod`,
    against: validator,
    reach: { atLeast: 0.8 },
    how,
    cause,
    needs: ["wrk"],
    measure: (bench) =>
      compareLoad(bench, {
        ours: () => serveWithAppEnv(bench, { app }),
        theirs: () => startBare(bench, bare),
        ask: { path: "/orders", body: order },
        against: validator,
      }),
  };
}
