import { clone, create, type JsonObject } from "@bufbuild/protobuf";
import type { ValueType } from "@appenv/core/internal";
import {
  BlobType_BlobDimensionality,
  LiteralTypeSchema,
  SimpleType,
  type LiteralType,
} from "@appenv-internal/flyteidl2/values";

/** The part of a literal type's annotation that only AppEnv reads. */
const annotationKey = "appenv";

const simpleTypes: Partial<Record<ValueType["kind"], SimpleType>> = {
  integer: SimpleType.INTEGER,
  float: SimpleType.FLOAT,
  string: SimpleType.STRING,
  boolean: SimpleType.BOOLEAN,
  datetime: SimpleType.DATETIME,
  duration: SimpleType.DURATION,
  none: SimpleType.NONE,
};

const kindOf: Partial<
  Record<SimpleType, "integer" | "float" | "string" | "boolean" | "datetime" | "duration" | "none">
> = {
  [SimpleType.INTEGER]: "integer",
  [SimpleType.FLOAT]: "float",
  [SimpleType.STRING]: "string",
  [SimpleType.BOOLEAN]: "boolean",
  [SimpleType.DATETIME]: "datetime",
  [SimpleType.DURATION]: "duration",
  [SimpleType.NONE]: "none",
};

/** Names of the variants of a union in Flyte's Python SDK, which finds its own by them. */
const tags: Readonly<Record<ValueType["kind"], string>> = {
  integer: "int",
  float: "float",
  string: "str",
  boolean: "bool",
  datetime: "datetime",
  duration: "timedelta",
  none: "none",
  file: "File",
  dir: "Dir",
  list: "Typed List",
  map: "Typed Dict",
  enum: "DefaultEnumTransformer",
  union: "Typed Union",
  struct: "Pydantic Transformer",
};

function tagOf(type: ValueType): string {
  return type.kind === "struct" && !isClass(type.jsonSchema) ? tags.map : tags[type.kind];
}

/** Flyte's Python SDK makes a class of the schema of an object with a title, unless it contains itself. */
function isClass(jsonSchema: Readonly<Record<string, unknown>>): boolean {
  return jsonSchema["type"] === "object" && typeof jsonSchema["title"] === "string" && !mayContainItself(jsonSchema);
}

function mayContainItself(jsonSchema: Readonly<Record<string, unknown>>): boolean {
  return (
    JSON.stringify(jsonSchema).includes('"$ref":"#"') || JSON.stringify(jsonSchema["$defs"] ?? {}).includes('"$ref"')
  );
}

const written = new WeakMap<ValueType, LiteralType>();

/** A type as Flyte's message. It is made once for each object and must not be changed. */
export function toLiteralType(type: ValueType): LiteralType {
  const known = written.get(type);
  if (known !== undefined) return known;
  const made = makeLiteralType(type);
  written.set(type, made);
  return made;
}

function makeLiteralType(type: ValueType): LiteralType {
  switch (type.kind) {
    case "list":
      return create(LiteralTypeSchema, { type: { case: "collectionType", value: toLiteralType(type.of) } });
    case "map":
      return create(LiteralTypeSchema, { type: { case: "mapValueType", value: toLiteralType(type.of) } });
    case "enum":
      return create(LiteralTypeSchema, { type: { case: "enumType", value: { values: [...type.values] } } });
    case "union":
      return create(LiteralTypeSchema, {
        type: { case: "unionType", value: { variants: type.variants.map((variant) => tagged(variant)) } },
      });
    case "struct":
      return structType(type.jsonSchema);
    case "file":
    case "dir":
      return create(LiteralTypeSchema, {
        type: { case: "blob", value: { format: "", dimensionality: dimensionality[type.kind] } },
      });
    default:
      return simpleType(type);
  }
}

const dimensionality = {
  file: BlobType_BlobDimensionality.SINGLE,
  dir: BlobType_BlobDimensionality.MULTIPART,
} as const;

function simpleType(type: ValueType): LiteralType {
  const { kind, ...marks } = type;
  return create(LiteralTypeSchema, {
    type: { case: "simple", value: simpleTypes[kind] ?? SimpleType.NONE },
    ...(Object.keys(marks).length === 0
      ? {}
      : { annotation: { annotations: { [annotationKey]: marks as JsonObject } } }),
  });
}

/** Without a schema, Flyte's Python SDK takes any `dict`; one that is no class's it cannot read: the annotation has it. */
function structType(jsonSchema: Readonly<Record<string, unknown>>): LiteralType {
  const schema = jsonSchema as JsonObject;
  const hasClass = isClass(jsonSchema);
  const annotations: JsonObject = { "cache-key-metadata": { "serialization-format": "msgpack" } };
  return create(LiteralTypeSchema, {
    type: { case: "simple", value: SimpleType.STRUCT },
    ...(hasClass ? { metadata: schema } : {}),
    annotation: { annotations: hasClass ? annotations : { ...annotations, [annotationKey]: { jsonSchema: schema } } },
  });
}

function tagged(variant: ValueType): LiteralType {
  const copy = clone(LiteralTypeSchema, toLiteralType(variant));
  copy.structure = { $typeName: "flyteidl2.core.TypeStructure", tag: tagOf(variant), dataclassType: {} };
  return copy;
}

/**
 * A type from Flyte's message. What JavaScript has no type for, such as a table, is a struct that takes anything: it can
 * be shown.
 */
export function fromLiteralType(message: LiteralType): ValueType {
  const { type } = message;
  switch (type.case) {
    case "collectionType":
      return { kind: "list", of: fromLiteralType(type.value) };
    case "mapValueType":
      return { kind: "map", of: fromLiteralType(type.value) };
    case "enumType":
      return { kind: "enum", values: [...type.value.values] };
    case "unionType":
      return { kind: "union", variants: type.value.variants.map((variant) => fromLiteralType(variant)) };
    case "blob":
      return { kind: type.value.dimensionality === BlobType_BlobDimensionality.MULTIPART ? "dir" : "file" };
    case "simple":
      return fromSimpleType(type.value, message);
    default:
      return { kind: "struct", jsonSchema: {} };
  }
}

interface Marks {
  readonly bigint?: true;
  readonly absent?: true;
  readonly jsonSchema?: JsonObject;
}

function fromSimpleType(simple: SimpleType, message: LiteralType): ValueType {
  const kind = kindOf[simple];
  const marks = message.annotation?.annotations?.[annotationKey] as Marks | undefined;
  if (kind === undefined) return { kind: "struct", jsonSchema: message.metadata ?? marks?.jsonSchema ?? {} };
  if (kind === "integer" && marks?.bigint === true) return { kind, bigint: true };
  if (kind === "none" && marks?.absent === true) return { kind, absent: true };
  return { kind };
}
