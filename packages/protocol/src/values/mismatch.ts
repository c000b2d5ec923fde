import { AppEnvError, type ErrorCode } from "@appenv/core";

/**
 * A value does not fit its type. Says where in the value, from the outside in; becomes an AppEnvError at the border. The
 * message follows the place: `must be a text, but is 5`.
 */
export class Mismatch extends Error {
  /** For example `["items", "[3]"]`. */
  readonly steps: string[] = [];

  /** The same, seen from one level further out. */
  inside(step: string): this {
    this.steps.unshift(step);
    return this;
  }
}

/** Adds a step to the place a mismatch names. Other errors pass. */
export function inside(step: string, error: unknown): unknown {
  return error instanceof Mismatch ? error.inside(step) : error;
}

/** A step for a key of an object. */
export function keyStep(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** Runs something at a border, where a mismatch becomes an AppEnvError that names the place. */
export function checked<T>(code: ErrorCode, where: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Mismatch) throw new AppEnvError(code, `${where}${placeOf(error)} ${error.message}.`);
    // The stack is at its end.
    if (error instanceof RangeError) throw new AppEnvError(code, `${where} is nested too deeply.`, { cause: error });
    throw error;
  }
}

/** The place that a mismatch names. One that is hundreds of steps deep is told by its ends. */
export function placeOf({ steps }: Mismatch): string {
  return steps.length <= 20 ? steps.join("") : `${steps.slice(0, 10).join("")}...${steps.slice(-5).join("")}`;
}

/** UTF-8 has no halves of surrogate pairs: they would come back as another character. */
export function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new Mismatch("has half of a surrogate pair, which cannot be written");
  return text;
}

/** A value in an error: what it is, and how it begins. */
export function show(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
    return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return shorten(JSON.stringify(value));
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name;
  return name === undefined || name === "Object" ? "an object" : `a ${name}`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
