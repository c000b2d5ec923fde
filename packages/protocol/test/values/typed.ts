import { FlyteDir, duration, FlyteFile } from "@appenv/core";
import * as fc from "fast-check";
import { z } from "zod";

/** A schema of zod, and values that fit it. */
export interface Typed {
  readonly schema: z.ZodType;
  readonly values: fc.Arbitrary<unknown>;
}

const text = fc.string({ unit: "binary", maxLength: 12 });
const key = fc.string({ unit: "grapheme", maxLength: 8 }).filter((name) => name !== "__proto__");
// The years 1 to 9999.
const date = fc.date({ min: new Date(-62_135_596_800_000), max: new Date(253_402_300_799_999), noInvalidDate: true });
// Structs keep no negative zero.
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
const path = fc.string({ minLength: 1, maxLength: 12 });

const leaves: readonly Typed[] = [
  { schema: z.int(), values: fc.maxSafeInteger() },
  { schema: z.number(), values: double },
  { schema: z.string(), values: text },
  { schema: z.boolean(), values: fc.boolean() },
  { schema: z.date(), values: date },
  { schema: z.bigint(), values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { schema: z.null(), values: fc.constant(null) },
  { schema: z.enum(["a", "b c", "ü"]), values: fc.constantFrom("a", "b c", "ü") },
  { schema: z.literal([1, "one", true]), values: fc.constantFrom(1, "one", true) },
  { schema: duration(z.number()), values: fc.integer({ min: -1e9, max: 1e9 }).map((ms) => ms / 1_000) },
  { schema: z.instanceof(FlyteFile), values: path.map((name) => new FlyteFile(name)) },
  { schema: z.instanceof(FlyteDir), values: path.map((name) => new FlyteDir(name)) },
  {
    schema: z.json(),
    values: fc
      .jsonValue({ maxDepth: 2 })
      .filter((value) => !JSON.stringify(value).includes("__proto__"))
      .map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  },
];

/** Schemas that tell their alternatives apart, so that every value can be told apart too. */
const apart: readonly Typed[] = leaves.slice(0, 5);

const { any } = fc.letrec<{ any: Typed; deeper: Typed }>((tie) => ({
  any: fc.oneof({ maxDepth: 3, depthSize: "small" }, fc.constantFrom(...leaves), tie("deeper") as fc.Arbitrary<Typed>),
  deeper: fc.oneof(
    tie("any").map((item) => list(item as Typed)),
    tie("any").map((item) => record(item as Typed)),
    tie("any").map((item) => optionalItems(item as Typed)),
    fc.dictionary(key, fc.tuple(tie("any"), fc.boolean()), { maxKeys: 4 }).map((shape) => object(shape as Shape)),
    fc.array(tie("any"), { minLength: 1, maxLength: 3 }).map((items) => tuple(items as Typed[])),
    fc.shuffledSubarray([...apart], { minLength: 2, maxLength: 4 }).map((options) => union(options)),
    tie("any").map((item) => nullable(item as Typed)),
  ),
}));

/** Every kind of schema, up to three levels deep. */
export const typed: fc.Arbitrary<Typed> = any as fc.Arbitrary<Typed>;

type Shape = Readonly<Record<string, readonly [Typed, boolean]>>;

function list({ schema, values }: Typed): Typed {
  return { schema: z.array(schema), values: fc.array(values, { maxLength: 4 }) };
}

function record({ schema, values }: Typed): Typed {
  return {
    schema: z.record(z.string(), schema),
    values: fc.dictionary(key, values, { maxKeys: 4, noNullPrototype: true }),
  };
}

/** A list is where undefined differs from what is left out. */
function optionalItems({ schema, values }: Typed): Typed {
  return {
    schema: z.array(schema.optional()),
    values: fc.array(fc.option(values, { nil: undefined }), { maxLength: 4 }),
  };
}

function nullable({ schema, values }: Typed): Typed {
  return { schema: schema.nullable(), values: fc.option(values, { nil: null }) };
}

function object(shape: Shape): Typed {
  const entries = Object.entries(shape);
  return {
    schema: z.object(
      Object.fromEntries(
        entries.map(([name, [{ schema }, isOptional]]) => [name, isOptional ? schema.optional() : schema]),
      ),
    ),
    values: fc.record(Object.fromEntries(entries.map(([name, [{ values }]]) => [name, values])), {
      requiredKeys: entries.filter(([, [, isOptional]]) => !isOptional).map(([name]) => name),
      noNullPrototype: true,
    }),
  };
}

function tuple(items: readonly Typed[]): Typed {
  return {
    schema: z.tuple(items.map(({ schema }) => schema) as [z.ZodType]),
    values: fc.tuple(...items.map(({ values }) => values)),
  };
}

function union(options: readonly Typed[]): Typed {
  // A date and a text cannot be told apart inside an object; that is refused, and tested elsewhere.
  const chosen = options.some(({ schema }) => schema instanceof z.ZodDate)
    ? options.filter(({ schema }) => !(schema instanceof z.ZodString))
    : options;
  return {
    schema: z.union(chosen.map(({ schema }) => schema)),
    values: fc.oneof(...chosen.map(({ values }) => values)),
  };
}
