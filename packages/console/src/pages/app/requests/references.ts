import type { Schema } from "../../../parts/form/fields.ts";

/** A document of an API: a JSON object. */
export type ApiDocument = Schema;

const deepest = 8;

/** A part of a document, with the reference that it may be followed. Undefined: it is none that can be followed. */
export function resolved(document: ApiDocument, part: unknown, depth = 0): Schema | undefined {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return undefined;
  const { $ref: reference } = part as Schema;
  if (typeof reference !== "string") return part as Schema;
  if (!reference.startsWith("#/") || depth >= deepest) return undefined;
  const found = reference
    .slice(2)
    .split("/")
    .map((name) => decoded(name).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((at, name) => own(at, name), document);
  return resolved(document, found, depth + 1);
}

function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Schema)[name]
    : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The entries of an object; none of anything else. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** A text; empty if it is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A document from its JSON; undefined if it is none. */
export function readDocument(json: string): ApiDocument | undefined {
  if (json === "") return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as ApiDocument) : undefined;
  } catch {
    return undefined;
  }
}
