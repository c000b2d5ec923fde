/** A JSON Schema, or a part of one. */
export type Schema = { readonly [key: string]: unknown };

/** The way in which a field of a form is filled in. */
export type FieldKind = "choice" | "boolean" | "number" | "text" | "datetime" | "file" | "json";

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly schema: Schema;
  readonly required: boolean;
  readonly description: string;
  /** The words for its type. */
  readonly type: string;
  /** The text it begins with. */
  readonly text: string;
}

/** The fields of a form that the platform made for a task. */
export function fieldsOf(form: Schema): readonly Field[] {
  const required = Array.isArray(form["required"]) ? (form["required"] as readonly unknown[]) : [];
  return Object.entries((form["properties"] ?? {}) as Record<string, Schema>).map(([name, schema]) => {
    const kind = kindOf(schema);
    return {
      name,
      kind,
      schema,
      required: required.includes(name),
      description: typeof schema["description"] === "string" ? schema["description"] : "",
      type: typeWords(schema),
      text: textOf(kind, schema),
    };
  });
}

function kindOf({ type, format, enum: values, oneOf }: Schema): FieldKind {
  if (Array.isArray(oneOf)) return "json";
  if (Array.isArray(values)) return "choice";
  if (format === "blob") return "file";
  if (type === "boolean") return "boolean";
  if (type === "integer" || type === "number") return "number";
  if (type !== "string") return "json";
  return format === "datetime" || format === "date-time" ? "datetime" : "text";
}

function typeWords({ type, format, oneOf, items, dataclass }: Schema): string {
  if (Array.isArray(oneOf)) return oneOf.map((variant) => typeWords(variant as Schema)).join(" or ");
  if (type === "array" && typeof items === "object" && items !== null) return `list of ${typeWords(items as Schema)}`;
  if (format === "blob") return "file";
  return String(dataclass ?? format ?? type ?? "any");
}

function textOf(kind: FieldKind, schema: Schema): string {
  const { default: given, properties } = schema;
  if (kind === "file") {
    const uri = (given as Schema | undefined)?.["uri"] ?? (properties as Record<string, Schema>)["uri"]?.["default"];
    return typeof uri === "string" ? uri : "";
  }
  if (given === undefined) return "";
  if (kind === "datetime") return localTime(new Date(String(given)));
  return kind === "json" ? JSON.stringify(isNull(given) ? null : given, undefined, 2) : String(given);
}

/** A time of the reader's zone, as the field for one takes it. */
function localTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** Nothing, as a form says it. */
function isNull(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as Schema)["type"] === "null";
}

/** The form with what was filled in. @throws SyntaxError naming the field whose JSON cannot be read. */
export function filledIn(form: Schema, fields: readonly Field[], texts: ReadonlyMap<string, string>): Schema {
  const properties = fields.map((field) => {
    const { default: _, ...schema } = field.schema;
    const value = valueOf(field, texts.get(field.name) ?? field.text);
    return [field.name, value === undefined ? schema : { ...schema, default: value }] as const;
  });
  return { ...form, properties: Object.fromEntries(properties) };
}

/** The values of fields that were filled in; those that were left empty are not among them. @throws SyntaxError as `filledIn`. */
export function valuesOf(fields: readonly Field[], texts: ReadonlyMap<string, string>): Record<string, unknown> {
  const pairs = fields.map((field) => [field.name, valueOf(field, texts.get(field.name) ?? field.text)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function valueOf({ name, kind, required, schema, text: before }: Field, text: string): unknown {
  if (text === "" && (kind !== "text" || !required)) return undefined;
  if (kind === "boolean") return text === "true";
  if (kind === "number") return Number(text);
  // The field shows no parts of seconds: a time that nobody has changed keeps its own.
  if (kind === "datetime") return text === before ? schema["default"] : new Date(text).toISOString();
  if (kind === "file") return { uri: text, format: "", dimensionality: "" };
  if (kind !== "json") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`'${name}' is no JSON: ${(error as Error).message}`, { cause: error });
  }
}
