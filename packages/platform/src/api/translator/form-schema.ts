import type { ValueType } from "@appenv/core/internal";
import { invalidRequest } from "../requests/ids.ts";

/** A JSON Schema, or a part of one. */
export type FormSchema = { readonly [key: string]: unknown };

/** The JSON Schema by which Flyte's console shows a form for values of a type. */
export function formSchema(type: ValueType): FormSchema {
  switch (type.kind) {
    case "none":
      return { type: "null" };
    case "string":
    case "integer":
    case "boolean":
      return { type: type.kind };
    case "float":
      return { type: "number", format: "float" };
    case "datetime":
    case "duration":
      return { type: "string", format: type.kind };
    case "file":
    case "dir":
      return blobSchema(type.kind);
    case "list":
      return { type: "array", items: formSchema(type.of) };
    case "map":
      return { type: "object", additionalProperties: formSchema(type.of) };
    case "enum":
      return { type: "string", enum: type.values };
    case "union":
      return { format: "union", oneOf: type.variants.map((variant) => variantSchema(variant)) };
    case "struct":
      return structSchema(type.jsonSchema);
  }
}

/** Tells whether the form may leave a value out. */
export function isOptional(type: ValueType): boolean {
  return type.kind === "none" || (type.kind === "union" && type.variants.some(({ kind }) => kind === "none"));
}

function blobSchema(kind: "file" | "dir"): FormSchema {
  return {
    type: "object",
    format: "blob",
    properties: {
      uri: { type: "string", default: "" },
      format: { type: "string", default: "" },
      dimensionality: { type: "string", enum: ["SINGLE", "MULTIPART"], default: dimensionality(kind) },
    },
  };
}

/** Flyte's word for one file, or for a directory. */
export function dimensionality(kind: "file" | "dir"): string {
  return kind === "file" ? "SINGLE" : "MULTIPART";
}

function variantSchema(variant: ValueType): FormSchema {
  const title = { float: "number", list: "array", map: "object", struct: "object", file: "blob", dir: "blob" };
  return { ...formSchema(variant), title: title[variant.kind as keyof typeof title] ?? variant.kind, structure: "" };
}

/** The console takes an object with `additionalProperties` for a map, and a `title` for the field's own. */
function structSchema(jsonSchema: FormSchema): FormSchema {
  const { title, additionalProperties: _, ...schema } = jsonSchema;
  return title === undefined ? schema : { ...schema, dataclass: title };
}

/** The type a form's schema was made from. @throws AppEnvError INVALID_OPTION. */
export function typeOfForm(schema: FormSchema, where: string): ValueType {
  const { type, format, oneOf, enum: values, items, additionalProperties: of } = schema;
  if (Array.isArray(oneOf)) {
    return { kind: "union", variants: oneOf.map((variant) => typeOfForm(asSchema(variant, where), where)) };
  }
  if (format === "blob") return { kind: isDirectory(schema) ? "dir" : "file" };
  switch (type) {
    case "null":
      return { kind: "none" };
    case "integer":
    case "boolean":
      return { kind: type };
    case "number":
      return { kind: "float" };
    case "string":
      if (Array.isArray(values)) return { kind: "enum", values: values.map(String) };
      if (format === "datetime" || format === "date-time") return { kind: "datetime" };
      return { kind: format === "duration" ? "duration" : "string" };
    case "array":
      return { kind: "list", of: typeOfForm(asSchema(items, where), where) };
    case "object":
      if (typeof of === "object" && of !== null) return { kind: "map", of: typeOfForm(asSchema(of, where), where) };
      return { kind: "struct", jsonSchema: structOfForm(schema) };
    default:
      throw invalidRequest(
        `The form's field '${where}' has a schema of an unknown type: ${JSON.stringify(type) ?? "none"}.`,
      );
  }
}

function structOfForm(form: FormSchema): FormSchema {
  const { dataclass, title: _, default: __, structure: ___, description: ____, ...schema } = form;
  return dataclass === undefined ? schema : { ...schema, title: dataclass };
}

function isDirectory({ properties }: FormSchema): boolean {
  const { dimensionality: found } = (properties ?? {}) as Record<string, FormSchema | undefined>;
  return found?.["default"] === "MULTIPART" || found?.["default"] === 1;
}

/** A part of a schema, which must be an object. @throws AppEnvError INVALID_OPTION. */
export function asSchema(value: unknown, where: string): FormSchema {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as FormSchema;
  throw invalidRequest(`The form's field '${where}' has no valid schema.`);
}
