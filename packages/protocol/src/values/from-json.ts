import type { ValueType } from "@appenv/core/internal";
import { readJson } from "./json-value.ts";
import { checked } from "./mismatch.ts";

/**
 * The value that JSON stands for, as `valueToJson` writes it.
 *
 * @throws AppEnvError INVALID_INPUT with what is allowed.
 */
export function valueFromJson(type: ValueType, json: unknown): unknown {
  return checked("INVALID_INPUT", "The value", () => readJson(type, json));
}
