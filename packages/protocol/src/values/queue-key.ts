import { createHash } from "node:crypto";
import type { KeyPath, TaskInterface } from "@appenv/core/internal";
import { inputOf } from "./inputs.ts";

/** Maximum length of a key; a longer one ends in a hash of it. */
const longest = 128;

/**
 * The text by which a queue counts an action, of the parts of its inputs: joined by `/`, which a part has as `%2F`. A part that
 * is not there is empty. Empty without paths.
 *
 * @param inputs - `task.Inputs`.
 * @throws AppEnvError INVALID_INPUT if the inputs are none of these.
 */
export function queueKey(type: TaskInterface, inputs: Uint8Array, paths: readonly KeyPath[]): string {
  const parts = paths.map(([name = "", ...rest]) => textOf(rest.reduce(fieldOf, inputOf(type, inputs, name))));
  if (parts.length < 2) return parts[0] ?? "";
  return shortened(parts.map((part) => part.replaceAll("%", "%25").replaceAll("/", "%2F")).join("/"));
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return shortened(value);
  if (value instanceof Date) return value.toISOString();
  return shortened(typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value));
}

function shortened(text: string): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 17)}-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}
