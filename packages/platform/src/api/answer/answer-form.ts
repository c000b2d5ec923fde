import { AppEnvError } from "@appenv/core";
import { markOf, resolveSchema, type JsonSchema } from "@appenv/protocol/values";

/** The way in which a field is filled in. */
export type FieldKind = "boolean" | "choice" | "integer" | "number" | "text" | "long text" | "json";

/** A field of the form that a condition's schema makes. */
export interface AnswerField {
  /** The steps to it from the whole answer, which is a field itself if it is no object. */
  readonly path: readonly string[];
  readonly kind: FieldKind;
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** True if `null` stands for nothing there. */
  readonly nullable: boolean;
}

/** Maximum depth to which objects in objects have fields of their own; deeper ones are JSON. */
const mostDepth = 3;
/** Texts that may be longer have several lines, in characters. */
const longText = 100;

/** The fields of an answer. */
export function fieldsOf(root: JsonSchema): readonly AnswerField[] {
  return fieldsAt({ given: root, path: [], required: true }, root);
}

/** The name of a field in the form. */
export function nameOf({ path }: Pick<AnswerField, "path">): string {
  return ["value", ...path].join("/");
}

/** The place of a field as errors write it, such as `address.street`. */
export function placeOf({ path }: AnswerField): string {
  return path.length === 0 ? "it" : path.join(".");
}

/** The answer that was filled in, as JSON. @throws AppEnvError INVALID_INPUT naming the field whose JSON cannot be read. */
export function readForm(fields: readonly AnswerField[], given: URLSearchParams): unknown {
  let answer: unknown = {};
  for (const field of fields) {
    const value = readField(field, given.get(nameOf(field))?.replaceAll("\r\n", "\n") ?? "");
    if (value === undefined) continue;
    if (field.path.length === 0) answer = value;
    else put(answer as Record<string, unknown>, field.path, value);
  }
  return answer;
}

interface Place {
  readonly given: unknown;
  readonly path: readonly string[];
  readonly required: boolean;
}

function fieldsAt({ given, path, required }: Place, root: JsonSchema): readonly AnswerField[] {
  const { schema, nullable } = withoutNull(resolveSchema(given, root), root);
  const properties = schema["properties"];
  const isOpen = isRecord(properties) && path.length < mostDepth && markOf(schema) === undefined && !nullable;
  if (!isOpen || (!required && path.length > 0)) {
    return [{ path, kind: kindOf(schema), schema, required, nullable }];
  }
  const needed = (schema["required"] as readonly string[] | undefined) ?? [];
  return Object.entries(properties).flatMap(([name, part]) =>
    fieldsAt({ given: part, path: [...path, name], required: needed.includes(name) }, root),
  );
}

/** A schema of something or nothing, as that of something. */
function withoutNull(schema: JsonSchema, root: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const variants = schema["anyOf"];
  if (!Array.isArray(variants)) return { schema, nullable: false };
  const others = variants.map((each) => resolveSchema(each, root)).filter(({ type }) => type !== "null");
  const [only] = others;
  const nullable = others.length < variants.length;
  const { anyOf: _, ...rest } = schema;
  return others.length === 1 && only !== undefined ? { schema: { ...only, ...rest }, nullable } : { schema, nullable };
}

function kindOf(schema: JsonSchema): FieldKind {
  if (Array.isArray(schema["enum"]) || "const" in schema) return "choice";
  const mark = markOf(schema);
  if (mark === "datetime") return "text";
  if (mark !== undefined) return "json";
  switch (schema["type"]) {
    case "boolean":
    case "integer":
    case "number":
      return schema["type"];
    case "string":
      return "format" in schema || Number(schema["maxLength"] ?? Infinity) <= longText ? "text" : "long text";
    default:
      return "json";
  }
}

/** The values that a choice offers. */
export function choicesOf({ schema }: AnswerField): readonly unknown[] {
  return "const" in schema ? [schema["const"]] : (schema["enum"] as readonly unknown[]);
}

function readField(field: AnswerField, text: string): unknown {
  const { kind, required, nullable } = field;
  const isText = kind === "text" || kind === "long text";
  if (text === "" && !(isText && required && !nullable)) return required && nullable ? null : undefined;
  if (isText) return text;
  if (kind === "choice") return choicesOf(field).find((value) => String(value) === text) ?? text;
  if (kind === "boolean") return text === "true" || text === "false" ? text === "true" : text;
  // A text that is no number is refused as the text that it is.
  if (kind !== "json") return Number.isFinite(Number(text)) ? Number(text) : text;
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message;
    throw new AppEnvError("INVALID_INPUT", `${placeOf(field)} is no JSON: ${why}`, { cause: error });
  }
}

function put(answer: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [step = "", ...rest] = path;
  if (rest.length === 0) {
    Object.defineProperty(answer, step, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  if (!isRecord(answer[step])) answer[step] = {};
  put(answer[step] as Record<string, unknown>, rest, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
