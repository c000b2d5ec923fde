import { needsTime } from "./needs-time.ts";
import type { Checked, SchemaIssue } from "./checked.ts";
import { refused } from "./refused.ts";

/** Tries a value against a schema: at once, or later if the schema needs time. It neither throws nor rejects. */
export type Check = (value: unknown) => Checked | Promise<Checked>;

/** `encode`: from a handler's result to the sent value. Codecs of zod work backwards then; all else is as in `decode`. */
export type CheckDirection = "decode" | "encode";

const made: Readonly<Record<CheckDirection, WeakMap<object, Check>>> = {
  decode: new WeakMap(),
  encode: new WeakMap(),
};

/**
 * The one way a schema is called, of zod or of any library that follows Standard Schema. An error that a schema throws
 * counts as an issue of the value, also the overflow of the stack by a value that is nested too deeply, so that no
 * input is more than refused. The first error that a schema throws goes to stderr with its stack.
 */
export function checkOf(schema: object, direction: CheckDirection = "decode"): Check {
  const known = made[direction].get(schema);
  if (known !== undefined) return known;
  const call = isZod(schema) ? zodCall(schema, direction) : standardCall(schema as StandardSchema);
  const check: Check = (value) => owned(schema, () => call(value));
  made[direction].set(schema, check);
  return check;
}

function owned(schema: object, call: () => Checked | Promise<Checked>): Checked | Promise<Checked> {
  try {
    const checked = call();
    return checked instanceof Promise ? checked.catch((error: unknown) => refused(schema, error)) : checked;
  } catch (error) {
    return refused(schema, error);
  }
}

interface StandardSchema {
  readonly "~standard": { validate(value: unknown): Checked | PromiseLike<Checked> };
}

function standardCall(schema: StandardSchema): Check {
  return (value) => {
    const result = schema["~standard"].validate(value);
    return "then" in result ? Promise.resolve(result) : result;
  };
}

/** zod's own calls: of a schema that throws, its Standard Schema makes one that needs time. */
interface ZodSchema {
  readonly _zod: unknown;
  safeParse(value: unknown): ZodResult;
  safeParseAsync(value: unknown): Promise<ZodResult>;
  /** Not in zod's `mini` form. */
  safeEncode?(value: unknown): ZodResult;
  safeEncodeAsync?(value: unknown): Promise<ZodResult>;
}

type ZodResult =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };

function isZod(schema: object): schema is ZodSchema {
  return "_zod" in schema && "safeParse" in schema;
}

function zodCall(schema: ZodSchema, direction: CheckDirection): Check {
  const isBackward = direction === "encode" && schema.safeEncode !== undefined;
  const now = (value: unknown): ZodResult => (isBackward ? schema.safeEncode!(value) : schema.safeParse(value));
  const later = (value: unknown): Promise<ZodResult> =>
    isBackward ? schema.safeEncodeAsync!(value) : schema.safeParseAsync(value);
  const tell = needsTime(schema, isBackward);
  return (value) => {
    const seen = tell.look(value);
    if (typeof seen === "object") return seen;
    if (seen === "slow") return later(value).then(fromZod);
    try {
      return fromZod(now(value));
    } catch (error) {
      if (!tell.isAboutTime(error)) throw error;
      return later(value).then(fromZod);
    }
  };
}

/** zod words its issues when they are read, so a message of the user's is called here. */
function fromZod(result: ZodResult): Checked {
  if (result.success) return { value: result.data };
  return { issues: result.error.issues, cause: result.error };
}
