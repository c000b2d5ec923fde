/** Knows of a schema of zod whether it has a part that needs time, such as an async refinement. */
export interface TimeTeller {
  /** The way to call it; or, the first time, the value that it gave without a promise. */
  look(value: unknown): "slow" | "fast" | { readonly value: unknown };
  /** True if it threw because it is asynchronous. That is remembered. */
  isAboutTime(error: unknown): boolean;
}

interface Internals {
  readonly def: object;
  run(payload: { value: unknown; issues: unknown[] }, context: object): Payload | Promise<unknown>;
}

interface ZodPart {
  readonly _zod: unknown;
}

interface Payload {
  readonly value: unknown;
  readonly issues: readonly unknown[];
}

/**
 * Called synchronously, a schema that needs time throws, and the promise it had made is nobody's: should that reject,
 * the process would end. So a schema counts as fast only if no async function is seen in it, and once it has taken a
 * value without a promise.
 */
export function needsTime(schema: ZodPart, isBackward: boolean): TimeTeller {
  const internals = internalsOf(schema);
  const context = { async: true, ...(isBackward ? { direction: "backward" } : {}) };
  let kind: "unknown" | "fast" | "slow" | undefined;
  return {
    look(value) {
      kind ??= hasAsyncFunction(internals.def) ? "slow" : "unknown";
      if (kind !== "unknown") return kind;
      const result = internals.run({ value, issues: [] }, context);
      if (result instanceof Promise) {
        result.catch(() => {});
        return (kind = "slow");
      }
      // zod has words for issues only where it is called from outside.
      if (result.issues.length > 0) return "fast";
      kind = "fast";
      return { value: result.value };
    },
    isAboutTime(error) {
      const isIt = (error as object | undefined)?.constructor?.name === "$ZodAsyncError";
      if (isIt) kind = "slow";
      return isIt;
    },
  };
}

function internalsOf({ _zod: internals }: ZodPart): Internals {
  return internals as Internals;
}

/** Looks for functions that are written as async in the parts of a schema. */
function hasAsyncFunction(part: unknown, seen: Set<unknown> = new Set()): boolean {
  if (typeof part === "function") return part.constructor.name === "AsyncFunction";
  if (typeof part !== "object" || part === null || seen.has(part)) return false;
  seen.add(part);
  if (Array.isArray(part)) return part.some((item) => hasAsyncFunction(item, seen));
  if ("_zod" in part) return hasAsyncFunction(internalsOf(part as ZodPart).def, seen);
  if (Object.getPrototypeOf(part) !== Object.prototype) return false;
  return Object.keys(part).some((key) => key !== "defaultValue" && hasAsyncFunction(part[key as never], seen));
}
