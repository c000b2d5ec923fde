import type { Field, Schema } from "../../../parts/form/fields.ts";
import { fieldsOf } from "../../../parts/form/fields.ts";
import { entriesOf, resolved, textOf, type ApiDocument } from "./references.ts";
import { sampleOf } from "./sample.ts";

/** The place of a parameter. */
export type ParameterPlace = "path" | "query" | "header" | "cookie";

/** A parameter of an operation, as a field of a form. */
export interface Parameter {
  readonly place: ParameterPlace;
  readonly field: Field;
}

/** A body that an operation takes. */
export interface BodyForm {
  /** For example `application/json`. */
  readonly type: string;
  readonly required: boolean;
  /** The fields of an object; none: the body is a text. */
  readonly fields: readonly Field[];
  /** The text to begin with. */
  readonly text: string;
}

/** An operation of an app's OpenAPI document. */
export interface Operation {
  /** `GET /fruits/{name}`. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly bodies: readonly BodyForm[];
}

const methods = ["get", "post", "put", "patch", "delete", "head", "options"];
const places: ReadonlySet<unknown> = new Set<ParameterPlace>(["path", "query", "header", "cookie"]);

/** The operations of a document, in its order. */
export function operationsOf(document: ApiDocument): readonly Operation[] {
  return entriesOf(document["paths"]).flatMap(([path, part]) => {
    const item = resolved(document, part) ?? {};
    return methods.flatMap((method) => {
      const operation = resolved(document, item[method]);
      return operation === undefined ? [] : [operationOf(document, path, method.toUpperCase(), operation, item)];
    });
  });
}

function operationOf(document: ApiDocument, path: string, method: string, operation: Schema, item: Schema): Operation {
  return {
    key: `${method} ${path}`,
    method,
    path,
    summary: textOf(operation["summary"]),
    description: textOf(operation["description"]),
    parameters: parametersOf(document, path, [item["parameters"], operation["parameters"]]),
    bodies: bodiesOf(document, operation["requestBody"]),
  };
}

/** An operation's own parameter wins over that of its path; one in the path that is not described is a text. */
function parametersOf(document: ApiDocument, path: string, lists: readonly unknown[]): readonly Parameter[] {
  const found = new Map<string, Parameter>();
  for (const [, name = ""] of path.matchAll(/\{([^}]+)\}/g))
    found.set(`path ${name}`, parameterOf(document, "path", name, {}));
  for (const part of lists.flatMap((list) => (Array.isArray(list) ? list : []))) {
    const given = resolved(document, part) ?? {};
    const { in: place, name } = given;
    if (!places.has(place) || typeof name !== "string") continue;
    found.set(`${String(place)} ${name}`, parameterOf(document, place as ParameterPlace, name, given));
  }
  return [...found.values()];
}

function parameterOf(document: ApiDocument, place: ParameterPlace, name: string, given: Schema): Parameter {
  const { schema = { type: "string" }, description, example, required } = given;
  const field = fieldOf(document, name, schema, place === "path" || required === true);
  const text = field.text === "" && example !== undefined ? String(example) : field.text;
  return { place, field: { ...field, text, description: field.description || textOf(description) } };
}

/** A field of a form by its schema. One that is filled in with JSON begins with a sample if it is needed. */
export function fieldOf(document: ApiDocument, name: string, part: unknown, required: boolean): Field {
  const schema = oneOf(document, resolved(document, part) ?? {});
  const [field] = fieldsOf({ properties: { [name]: schema }, required: required ? [name] : [] });
  if (field === undefined) throw new TypeError(`no field for '${name}'`);
  if (field.kind !== "json" || field.text !== "" || !required) return field;
  return { ...field, text: JSON.stringify(sampleOf(document, schema), undefined, 2) };
}

/** Fills in a value that may also be null as the other thing that it may be. */
function oneOf(document: ApiDocument, schema: Schema): Schema {
  const { anyOf, type, ...rest } = schema;
  if (Array.isArray(type)) {
    const types = type.filter((each) => each !== "null");
    return types.length === 1 ? { ...rest, type: types[0] } : schema;
  }
  const variants = Array.isArray(anyOf) ? anyOf.map((each) => resolved(document, each) ?? {}) : [];
  const others = variants.filter((variant) => variant["type"] !== "null");
  return variants.length > 0 && others.length === 1 ? { ...rest, ...others[0] } : schema;
}

function bodiesOf(document: ApiDocument, part: unknown): readonly BodyForm[] {
  const body = resolved(document, part) ?? {};
  return entriesOf(body["content"]).map(([type, media]) => {
    const { schema, example } = resolved(document, media) ?? {};
    const sample = example ?? sampleOf(document, schema);
    return {
      type,
      required: body["required"] === true,
      fields: objectFields(document, resolved(document, schema)),
      text: typeof sample === "string" ? sample : sample === null ? "" : JSON.stringify(sample, undefined, 2),
    };
  });
}

/** The fields of an object; none of anything else. */
export function objectFields(document: ApiDocument, schema: Schema | undefined): readonly Field[] {
  const required: unknown = schema?.["required"];
  return entriesOf(schema?.["properties"]).map(([name, property]) =>
    fieldOf(document, name, property, Array.isArray(required) && required.includes(name)),
  );
}
