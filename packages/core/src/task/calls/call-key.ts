import { invalidOption } from "../../errors/invalid-option.ts";

/** Checks the key of a call. @throws AppEnvError INVALID_OPTION. */
export function checkKey(option: string, key: unknown): string | undefined {
  if (key === undefined || (typeof key === "string" && key !== "" && key.length <= 200)) return key;
  throw invalidOption(option, key, "a text of at most 200 characters");
}
