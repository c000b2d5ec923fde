import { AppEnvError } from "@appenv/core";
import { checkOf, type Checked } from "@appenv/core/internal";
import { mostIssues } from "@appenv-internal/openapi/standard-schema";
import type { z } from "zod";
import type { ErrorMessage } from "../protocol.ts";

/** A message that was read, or the reason for which it cannot be. */
export type Decoded = { readonly message: unknown } | { readonly error: ErrorMessage; readonly closeCode: number };

const notJson = 1007;
const policyViolation = 1008;

/** Reads the text of a message: as JSON that fits the schema, or as it is where there is no schema. Never throws. */
export function decode(schema: z.ZodType | undefined, text: string): Decoded | Promise<Decoded> {
  if (schema === undefined) return { message: text };
  const json = parseJson(text);
  return json === undefined ? invalid("The message is no JSON.", notJson) : check(schema, json.value);
}

/** Reads parsed JSON; later, if the schema needs time. */
export function check(schema: z.ZodType | undefined, value: unknown): Decoded | Promise<Decoded> {
  if (schema === undefined) return { message: value };
  const checked = checkOf(schema)(value);
  return checked instanceof Promise ? checked.then(decoded) : decoded(checked);
}

function decoded(checked: Checked): Decoded {
  if (checked.issues === undefined) return { message: checked.value };
  const issues = checked.issues.slice(0, mostIssues);
  const told = issues.map(({ path = [], message }) => ({ path: path.map(String).join("/"), message }));
  return invalid("The message does not fit what this socket takes.", policyViolation, told);
}

/** The refusal of a message. */
export function invalid(message: string, closeCode: number, issues: ErrorMessage["issues"] = []): Decoded {
  const error: ErrorMessage = { type: "error", code: "INVALID_MESSAGE", message };
  return { error: issues.length === 0 ? error : { ...error, issues }, closeCode };
}

/**
 * A message as it is sent: JSON that fits the schema, later if the schema needs time; without one, a text or bytes as
 * they are.
 *
 * @throws AppEnvError INVALID_MESSAGE.
 */
export function encode(
  schema: z.ZodType | undefined,
  message: unknown,
): string | Uint8Array | Promise<string | Uint8Array> {
  if (schema === undefined) {
    if (typeof message === "string" || message instanceof Uint8Array) return message;
    throw new AppEnvError("INVALID_MESSAGE", "A message is neither a text nor bytes, and its route has no `outgoing`.");
  }
  const checked = checkOf(schema)(message);
  return checked instanceof Promise ? checked.then(encoded) : encoded(checked);
}

function encoded(checked: Checked): string {
  if (checked.issues === undefined) return JSON.stringify(checked.value) ?? "null";
  const issues = checked.issues.slice(0, mostIssues);
  const texts = issues.map(({ path = [], message }) => `${path.map(String).join("/")} ${message}`.trim());
  const { cause } = checked;
  throw new AppEnvError("INVALID_MESSAGE", `A message does not fit the \`outgoing\` schema: ${texts.join("; ")}`, {
    cause,
  });
}

/** The value of a JSON text, or undefined if it is none. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
