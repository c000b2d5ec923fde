import type { OutputType, TaskInterface, ValueType } from "@appenv/core/internal";
import type { Declarations } from "./declarations.ts";
import { comment, propertyName } from "./declarations.ts";
import { inBrackets, indented, schemaType, unionType } from "./schema-type.ts";

/** A task whose interface is written as types. */
interface TaskPlace {
  readonly declarations: Declarations;
  /** The beginning of the names of types that references make. */
  readonly prefix: string;
}

const simple: Partial<Record<ValueType["kind"], string>> = {
  float: "number",
  string: "string",
  boolean: "boolean",
  datetime: "Date",
  duration: "number",
  file: "FlyteFile",
  dir: "FlyteDir",
};

/** A value of a task as a type of TypeScript. */
function valueType(type: ValueType, place: TaskPlace): string {
  switch (type.kind) {
    case "integer":
      return type.bigint === true ? "bigint" : "number";
    case "none":
      return type.absent === true ? "undefined" : "null";
    case "list":
      return `readonly ${inBrackets(valueType(type.of, place), 2)}[]`;
    case "map":
      return `Readonly<Record<string, ${valueType(type.of, place)}>>`;
    case "enum":
      return unionType(type.values.map((value) => JSON.stringify(value)));
    case "union":
      return unionType(type.variants.map((variant) => valueType(variant, place)));
    case "struct":
      return schemaType(type.jsonSchema, { ...place, root: type.jsonSchema });
    default:
      return simple[type.kind] ?? "unknown";
  }
}

/** The inputs of a task as a type: those with a default may be left out. */
export function inputType({ inputs }: TaskInterface, place: TaskPlace): string {
  if (inputs.length === 0) return "Readonly<Record<string, never>>";
  const fields = inputs.map(({ name, type, description, default: byDefault }) => {
    const optional = byDefault !== undefined || mayBeAbsent(type);
    return `${comment(description ?? "", "")}readonly ${propertyName(name)}${optional ? "?" : ""}: ${valueType(type, place)};\n`;
  });
  return `{\n${indented(fields.join(""))}}`;
}

function mayBeAbsent(type: ValueType): boolean {
  return type.kind === "union" && type.variants.some((variant) => variant.kind === "none" && variant.absent === true);
}

/** The output of a task as a type. */
export function outputType(output: OutputType | undefined, place: TaskPlace): string {
  if (output === undefined) return "void";
  if (output.kind !== "outputs") return valueType(output, place);
  // As they are read: a list, unless they have names of their own.
  const isList = output.of.every(({ name }, index) => name === `o${index}`);
  if (isList) return `readonly [${output.of.map(({ type }) => valueType(type, place)).join(", ")}]`;
  const fields = output.of.map(({ name, type }) => `readonly ${propertyName(name)}: ${valueType(type, place)};\n`);
  return `{\n${indented(fields.join(""))}}`;
}
