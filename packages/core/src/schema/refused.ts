import { unexpected } from "../errors/unexpected.ts";
import type { Checked } from "./checked.ts";

/** Schemas whose error was reported. */
const reported = new WeakSet<object>();

/** A value whose check threw. Nothing of the error is in the issue, since it goes to the sender of the value. */
export function refused(schema: object, cause: unknown): Checked {
  const isTooDeep = isOverflow(cause);
  if (!isTooDeep && !reported.has(schema)) {
    reported.add(schema);
    unexpected("a schema threw; the value counts as invalid (reported once for each schema)", cause);
  }
  const message = isTooDeep ? "Invalid input: nested too deeply" : "Invalid input: the check of it failed";
  return { issues: [{ message, path: [], code: isTooDeep ? "too_deep" : "custom" }], cause };
}

/** True for an overflow of the stack: a recursion over a value nested too deeply. */
function isOverflow(error: unknown): boolean {
  return error instanceof Error && error.name === "RangeError" && error.message.includes("call stack");
}
