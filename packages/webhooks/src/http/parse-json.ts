import { Problem } from "./problem.ts";

/**
 * Reads JSON. A key `__proto__`, or `constructor` with a `prototype`, is refused: it is harmless here, but not in code
 * that copies it into another object.
 *
 * @throws Problem 400.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem(400, "INVALID_JSON", "The body is not JSON.");
  }
  if (/__proto__|constructor|\\u/.test(text)) refusePrototypes(value);
  return value;
}

/** Without recursion: JSON may be nested deeper than a stack is. */
function refusePrototypes(root: unknown): void {
  const left: unknown[] = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__") || isConstructor(value)) {
      throw new Problem(400, "INVALID_JSON", "The body has a key that would change the prototype of an object.");
    }
    for (const item of Object.values(value)) left.push(item);
  }
}

function isConstructor(value: object): boolean {
  if (!Object.hasOwn(value, "constructor")) return false;
  const { constructor } = value as { constructor: unknown };
  return typeof constructor === "object" && constructor !== null && Object.hasOwn(constructor, "prototype");
}
