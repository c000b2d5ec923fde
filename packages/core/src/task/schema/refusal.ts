import { AppEnvError } from "../../errors/appenv-error.ts";
import { defOf, fileKind, part, type Side, type ZodSchema } from "./zod-schema.ts";

/** The error for a place that has no literal type. */
export function noLiteralType(path: string, what: string, fix?: string): AppEnvError {
  return new AppEnvError("NO_LITERAL_TYPE", `${path} ${what}.`, fix === undefined ? {} : { fix });
}

/** The reason why a schema has no literal type, with a remedy; undefined if it has one. Does not look inside it. */
export function refusal(schema: ZodSchema, side: Side): readonly [what: string, fix?: string] | undefined {
  const def = defOf(schema);
  if (def.type === "custom") return fileKind(schema) === undefined ? refusals.custom : undefined;
  if (def.type === "transform" && side === "input") return undefined;
  if (def.type === "record") return refusalOfKey(part(def.keyType));
  return refusals[def.type];
}

const useRecord = "Use z.record(z.string(), ...) or z.array(z.tuple([...])).";

const refusals: Readonly<Record<string, readonly [what: string, fix?: string]>> = {
  function: ["is a function, which cannot be written"],
  symbol: ["is a symbol, which cannot be written"],
  promise: ["is a promise, which cannot be written", "Await it in the task, and use the schema of what it gives."],
  map: ["is a Map, which Flyte has no type for", useRecord],
  set: ["is a Set, which Flyte has no type for", "Use z.array(...)."],
  never: ["can have no value"],
  file: [
    "is a file of the web, which cannot be written",
    'Use z.instanceof(FlyteFile) with the FlyteFile of "@appenv/core", which names a file by its path.',
  ],
  transform: [
    "is what a transform gives, and that has no schema",
    "Say what it gives: z.string().transform(...).pipe(z.int()).",
  ],
  custom: [
    "is an instance of a class, or anything else only a function can tell",
    'Use an object of plain values; of the classes, Date (z.date()) and FlyteFile and FlyteDir of "@appenv/core" can be written.',
  ],
};

function refusalOfKey(key: ZodSchema): readonly [what: string, fix?: string] | undefined {
  const { type, values = [], entries = {}, options = [], innerType } = defOf(key);
  const isText =
    type === "string" ||
    type === "template_literal" ||
    (type === "literal" && values.every((value) => typeof value === "string")) ||
    (type === "enum" && Object.values(entries).every((value) => typeof value === "string")) ||
    (type === "union" && options.every((option) => refusalOfKey(option) === undefined)) ||
    (innerType !== undefined && refusalOfKey(innerType) === undefined);
  return isText ? undefined : ["has keys that are no texts", useRecord];
}
