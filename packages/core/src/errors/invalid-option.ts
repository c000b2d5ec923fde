import { AppEnvError } from "./appenv-error.ts";

/** The error of an option with a wrong value: names the option, the value and what is allowed. */
export function invalidOption(option: string, value: unknown, allowed: string): AppEnvError {
  return new AppEnvError("INVALID_OPTION", `${option} is ${show(value)}, but must be ${allowed}.`);
}

/** A value as it stands in an error message: short, and never the inside of an object. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const type = (value as object).constructor?.name;
    if (type === undefined || type === "Object") return "an object";
    return `${/^[AEIOU]/i.test(type) ? "an" : "a"} ${type}`;
  }
  return String(value);
}
