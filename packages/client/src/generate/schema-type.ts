import { markOf, resolveSchema, type JsonSchema, type SchemaMark } from "@appenv/protocol/values";
import { comment, propertyName, type Declarations } from "./declarations.ts";

/** A JSON Schema that is written as a type. */
export interface SchemaPlace {
  /** The document that references lead into. */
  readonly root: JsonSchema;
  readonly declarations: Declarations;
  /** The beginning of the names of types that references make. */
  readonly prefix: string;
}

/** The types of what JSON has none for. */
const markedTypes: Readonly<Record<SchemaMark, string>> = {
  datetime: "Date",
  bigint: "bigint",
  file: "FlyteFile",
  dir: "FlyteDir",
  undefined: "undefined",
};

/** A JSON Schema as a type of TypeScript. A schema that says less than a type could becomes `unknown`. */
export function schemaType(schema: unknown, place: SchemaPlace): string {
  if (schema === false) return "never";
  if (typeof schema !== "object" || schema === null) return "unknown";
  const json = schema as JsonSchema;
  const mark = markOf(json);
  if (mark !== undefined) return markedTypes[mark];
  if (typeof json["$ref"] === "string") return referenceType(json["$ref"], json, place);
  const parts = [ownType(json, place), ...combined(json, place)].filter((part) => part !== "unknown");
  return parts.length === 0 ? "unknown" : parts.map((part) => inBrackets(part, parts.length)).join(" & ");
}

function referenceType(reference: string, schema: JsonSchema, place: SchemaPlace): string {
  const target = resolveSchema({ $ref: reference }, place.root);
  const wanted = `${place.prefix} ${reference.split("/").at(-1) ?? ""}`;
  return place.declarations.of(target === schema ? reference : target, wanted, () => schemaType(target, place));
}

function combined(schema: JsonSchema, place: SchemaPlace): readonly string[] {
  const union = schema["anyOf"] ?? schema["oneOf"];
  const both = schema["allOf"];
  return [
    ...(Array.isArray(union) ? [unionType(union.map((each) => schemaType(each, place)))] : []),
    ...(Array.isArray(both) ? both.map((each) => schemaType(each, place)) : []),
  ];
}

/** The type that a schema has by itself, beside its alternatives. */
function ownType(schema: JsonSchema, place: SchemaPlace): string {
  if ("const" in schema) return literal(schema["const"]);
  const values = schema["enum"];
  if (Array.isArray(values)) return unionType(values.map((value) => literal(value)));
  const types = schema["type"];
  if (Array.isArray(types)) return unionType(types.map((type) => ownType({ ...schema, type }, place)));
  switch (types) {
    case "string":
      return schema["format"] === "binary" ? "Blob" : "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
    case "null":
      return types;
    case "array":
      return arrayType(schema, place);
    case "object":
      return objectType(schema, place);
    default:
      return "properties" in schema ? objectType(schema, place) : "unknown";
  }
}

function literal(value: unknown): string {
  return typeof value === "object" && value !== null ? "unknown" : (JSON.stringify(value) ?? "undefined");
}

function arrayType(schema: JsonSchema, place: SchemaPlace): string {
  const first = schema["prefixItems"];
  const rest = schema["items"];
  if (!Array.isArray(first)) return `readonly ${inBrackets(schemaType(rest, place), 2)}[]`;
  const items = first.map((each) => schemaType(each, place));
  const tail = rest === undefined || rest === false ? [] : [`...${inBrackets(schemaType(rest, place), 2)}[]`];
  return `readonly [${[...items, ...tail].join(", ")}]`;
}

function objectType(schema: JsonSchema, place: SchemaPlace): string {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, unknown>);
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as string[]) : []);
  const more = schema["additionalProperties"];
  if (properties.length === 0) {
    return more === false ? "Readonly<Record<string, never>>" : `Readonly<Record<string, ${schemaType(more, place)}>>`;
  }
  const fields = properties.map(([name, type]) => field(name, required.has(name), schemaType(type, place), type));
  // A type of all further properties would have to take those that are named too.
  const others = more === undefined || more === false ? "" : "readonly [key: string]: unknown;\n";
  return `{\n${indented(fields.join("") + others)}}`;
}

function field(name: string, required: boolean, type: string, schema: unknown): string {
  const { description } = (typeof schema === "object" && schema !== null ? schema : {}) as JsonSchema;
  const about = typeof description === "string" ? description : "";
  return `${comment(about, "")}readonly ${propertyName(name)}${required ? "" : "?"}: ${type};\n`;
}

/** Each of several alternatives once. */
export function unionType(types: readonly string[]): string {
  const once = [...new Set(types)];
  if (once.length === 0) return "never";
  if (once.includes("unknown")) return "unknown";
  return once.map((type) => (type.includes(" & ") ? `(${type})` : type)).join(" | ");
}

/** A type as a part of another one. */
export function inBrackets(type: string, parts: number): string {
  return parts > 1 && (type.includes(" | ") || type.includes(" & ") || type.startsWith("readonly "))
    ? `(${type})`
    : type;
}

/** Lines one step further in. */
export function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
