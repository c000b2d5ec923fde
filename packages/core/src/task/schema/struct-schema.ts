import { noLiteralType, refusal } from "./refusal.ts";
import { defOf, fileKind, part, sideOfPipe, type Side, type ZodSchema } from "./zod-schema.ts";

/**
 * The JSON Schema of what is written as a struct. What JSON has no type for is marked by `x-appenv`, for
 * `@appenv/protocol`: `datetime` and `bigint`, `file` and `dir`, and `undefined` where a list can hold it.
 *
 * @throws AppEnvError NO_LITERAL_TYPE naming the place of what cannot be written.
 */
export function structSchema(schema: ZodSchema, side: Side, path: string): Readonly<Record<string, unknown>> {
  const inspected: Inspected = { seen: new Set(), holes: new Set() };
  inspect(schema, side, path, inspected);
  const convert = schema["~standard"]?.jsonSchema?.[side];
  if (convert === undefined) {
    throw noLiteralType(
      path,
      "is a schema that cannot describe itself (zod below 4.2, or zod/mini)",
      "Use zod 4.2 or newer.",
    );
  }
  const converted = convert({
    target: "draft-2020-12",
    libraryOptions: { unrepresentable: "any", override: (node: Node) => mark(node, side, inspected.holes) },
  });
  const { $schema: _, ...json } = JSON.parse(JSON.stringify(converted)) as Record<string, unknown>;
  return json;
}

interface Inspected {
  readonly seen: Set<ZodSchema>;
  /** Schemas of list items that can be undefined: a list cannot leave one out. */
  readonly holes: Set<ZodSchema>;
}

/** Refuses what cannot be written, anywhere below. */
function inspect(schema: ZodSchema, side: Side, path: string, inspected: Inspected): void {
  if (inspected.seen.has(schema)) return;
  inspected.seen.add(schema);
  const reason = refusal(schema, side);
  if (reason !== undefined) throw noLiteralType(path, ...reason);
  const def = defOf(schema);
  for (const [key, property] of Object.entries(def.shape ?? {})) inspect(property, side, `${path}.${key}`, inspected);
  for (const [step, item] of itemsOf(schema)) {
    if (isOptional(item, side)) inspected.holes.add(item);
    inspect(item, side, path + step, inspected);
  }
  for (const inner of sameValue(schema, side)) inspect(inner, side, path, inspected);
}

function* itemsOf(schema: ZodSchema): Generator<[string, ZodSchema]> {
  const def = defOf(schema);
  if (def.element !== undefined) yield ["[]", def.element];
  for (const [index, item] of (def.items ?? []).entries()) yield [`[${index}]`, item];
  if (def.rest) yield ["[]", def.rest];
  if (def.type === "record") yield ["[*]", part(def.valueType)];
  if (def.catchall !== undefined && defOf(def.catchall).type !== "never") yield ["[*]", def.catchall];
}

/** Schemas of the very same value. */
function sameValue(schema: ZodSchema, side: Side): readonly ZodSchema[] {
  const def = defOf(schema);
  if (def.type === "pipe") return [sideOfPipe(def, side)];
  if (def.type === "lazy") return [part(def.getter)()];
  return [...(def.options ?? []), def.left, def.right, def.innerType].filter((inner) => inner !== undefined);
}

function isOptional(schema: ZodSchema, side: Side): boolean {
  const def = defOf(schema);
  if (def.type === "optional") return true;
  if (side === "input" && (def.type === "default" || def.type === "prefault")) return true;
  const passes = def.type === "nullable" || def.type === "readonly" || def.type === "catch";
  return passes && def.innerType !== undefined && isOptional(def.innerType, side);
}

interface Node {
  readonly zodSchema: ZodSchema;
  readonly jsonSchema: Record<string, unknown>;
}

/** Describes what zod's converter leaves open. */
function mark({ zodSchema: schema, jsonSchema }: Node, side: Side, holes: ReadonlySet<ZodSchema>): void {
  const def = defOf(schema);
  if (def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time", "x-appenv": "datetime" });
  if (def.type === "bigint") Object.assign(jsonSchema, bigintSchema);
  if (def.type === "undefined" || def.type === "void") jsonSchema["x-appenv"] = "undefined";
  if (def.type === "nan") jsonSchema["type"] = "number";
  if (def.type === "custom") Object.assign(jsonSchema, fileSchema(fileKind(schema)));
  if (def.type === "literal") markLiteral(def.values ?? [], jsonSchema);
  if (holes.has(schema) && isOptional(schema, side)) markHole(jsonSchema);
}

const bigintSchema = { type: "integer", "x-appenv": "bigint" };
const undefinedSchema = { "x-appenv": "undefined" };

function fileSchema(kind: "file" | "dir" | undefined): Record<string, unknown> {
  return {
    type: "object",
    title: kind === "dir" ? "Dir" : "File",
    properties: { path: { type: "string" } },
    required: ["path"],
    "x-appenv": kind,
  };
}

/** JSON has neither bigint nor undefined. */
function markLiteral(values: readonly unknown[], jsonSchema: Record<string, unknown>): void {
  const plain = values.filter((value) => typeof value !== "bigint" && value !== undefined);
  if (plain.length === values.length) return;
  for (const key of ["type", "const", "enum"]) delete jsonSchema[key];
  jsonSchema["anyOf"] = [
    ...(plain.length === 0 ? [] : [{ enum: plain }]),
    ...(values.some((value) => typeof value === "bigint") ? [bigintSchema] : []),
    ...(values.includes(undefined) ? [undefinedSchema] : []),
  ];
}

function markHole(jsonSchema: Record<string, unknown>): void {
  const copy = { ...jsonSchema };
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  jsonSchema["anyOf"] = [copy, undefinedSchema];
}
