import { isDuration } from "./duration.ts";
import { noLiteralType, refusal } from "./refusal.ts";
import { structSchema } from "./struct-schema.ts";
import { unionOf } from "./union-type.ts";
import type { ValueType } from "./value-type.ts";
import { defOf, enumValues, fileKind, isInteger, part, sideOfPipe, type Side, type ZodSchema } from "./zod-schema.ts";

/**
 * The type of one side of a schema, on the control plane.
 *
 * @param path - Begins the path in errors.
 * @throws AppEnvError NO_LITERAL_TYPE naming the path of what has no literal type.
 */
export function typeOf(schema: ZodSchema, side: Side, path: string): ValueType {
  return read(schema, { side, path, open: new Set() });
}

interface Place {
  readonly side: Side;
  readonly path: string;
  /** Its number among several variants at one path. */
  readonly variant?: number;
  /** Schemas that are being read: one that occurs again contains itself. */
  readonly open: Set<ZodSchema>;
}

/** Thrown up to the schema that contains itself outside of objects. Flyte's types cannot, but JSON Schema can. */
class Recursion extends Error {
  readonly schema: ZodSchema;
  constructor(schema: ZodSchema) {
    super("The schema contains itself.");
    this.schema = schema;
  }
}

function read(schema: ZodSchema, place: Place): ValueType {
  if (place.open.has(schema)) throw new Recursion(schema);
  place.open.add(schema);
  try {
    return readOpen(schema, place);
  } catch (error) {
    if (error instanceof Recursion && error.schema === schema) return struct(schema, place);
    throw error;
  } finally {
    place.open.delete(schema);
  }
}

function readOpen(schema: ZodSchema, place: Place): ValueType {
  const reason = refusal(schema, place.side);
  if (reason !== undefined) throw noLiteralType(place.path, ...reason);
  return readLeaf(schema) ?? readContainer(schema, place) ?? readWrapper(schema, place);
}

function readLeaf(schema: ZodSchema): ValueType | undefined {
  const def = defOf(schema);
  switch (def.type) {
    case "string":
    case "template_literal":
      return { kind: "string" };
    case "number":
      if (isDuration(schema)) return { kind: "duration" };
      return { kind: isInteger(def) ? "integer" : "float" };
    case "nan":
      return { kind: "float" };
    case "bigint":
      return { kind: "integer", bigint: true };
    case "boolean":
      return { kind: "boolean" };
    case "date":
      return { kind: "datetime" };
    case "null":
      return { kind: "none" };
    case "undefined":
    case "void":
      return { kind: "none", absent: true };
    case "enum":
      return unionOf(enumValues(def).map((value) => typeOfLiteral(value)));
    case "literal":
      return unionOf((def.values ?? []).map((value) => typeOfLiteral(value)));
    case "custom":
      return { kind: part(fileKind(schema)) };
    default:
      return undefined;
  }
}

function typeOfLiteral(value: unknown): ValueType {
  if (typeof value === "string") return { kind: "enum", values: [value] };
  if (typeof value === "number") return { kind: Number.isSafeInteger(value) ? "integer" : "float" };
  if (typeof value === "bigint") return { kind: "integer", bigint: true };
  if (typeof value === "boolean") return { kind: "boolean" };
  return value === null ? { kind: "none" } : { kind: "none", absent: true };
}

function readContainer(schema: ZodSchema, place: Place): ValueType | undefined {
  const def = defOf(schema);
  switch (def.type) {
    case "array":
      return { kind: "list", of: read(part(def.element), { ...place, path: `${place.path}[]` }) };
    case "record":
      return { kind: "map", of: read(part(def.valueType), { ...place, path: `${place.path}[*]` }) };
    case "union":
      return unionOf(part(def.options).map((option, index) => read(option, { ...place, variant: index + 1 })));
    case "object":
    case "tuple":
    case "intersection":
    case "any":
    case "unknown":
      return struct(schema, place);
    default:
      return undefined;
  }
}

function readWrapper(schema: ZodSchema, place: Place): ValueType {
  const def = defOf(schema);
  const inner = (): ValueType => read(part(def.innerType), place);
  const isInput = place.side === "input";
  switch (def.type) {
    case "optional":
      return unionOf([inner(), { kind: "none", absent: true }]);
    case "nullable":
      return unionOf([inner(), { kind: "none" }]);
    case "default":
    case "prefault":
      return isInput ? unionOf([inner(), { kind: "none", absent: true }]) : inner();
    case "nonoptional":
      return withoutAbsent(inner());
    case "readonly":
    case "catch":
      return inner();
    case "success":
      return isInput ? inner() : { kind: "boolean" };
    case "pipe":
      return read(sideOfPipe(def, place.side), place);
    case "lazy":
      return read(part(def.getter)(), place);
    default:
      throw noLiteralType(place.path, `is of a type that is not known (${def.type})`);
  }
}

function withoutAbsent(type: ValueType): ValueType {
  if (type.kind !== "union") return type;
  return unionOf(type.variants.filter((variant) => !(variant.kind === "none" && variant.absent === true)));
}

function struct(schema: ZodSchema, { side, path, variant }: Place): ValueType {
  const json = structSchema(schema, side, path);
  // Flyte's SDKs make classes of objects, which need names.
  if (json["type"] !== "object" || typeof json["title"] === "string") return { kind: "struct", jsonSchema: json };
  return { kind: "struct", jsonSchema: { title: titleOf(path) + String(variant ?? ""), ...json } };
}

/** The last name of a path, as a class is named: `Items` of `task 'add': input.items[]`. */
function titleOf(path: string): string {
  const word = path.match(/[A-Za-z]\w*(?=[^A-Za-z]*$)/)?.[0] ?? "struct";
  return word.charAt(0).toUpperCase() + word.slice(1);
}
