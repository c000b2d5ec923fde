import { checkOf, type Checked } from "@appenv/core/internal";
import { mostIssues, type StandardSchema } from "@appenv-internal/openapi/standard-schema";
import type { Context } from "hono";
import { uniqueSymbol, validator as honoValidator } from "hono-openapi";

/** The outcome of a check, as hooks get it. */
interface Outcome {
  readonly success: boolean;
  readonly data: unknown;
  readonly error?: readonly { readonly message: string; readonly path?: unknown }[];
}

type Hook = (outcome: Outcome, c: Context) => unknown;

/**
 * `validator` of `hono-openapi`, with the same arguments, hooks and answers, for input from untrusted clients: if the schema
 * throws, for example because JSON is nested too deeply, the value is answered 400 like any other that does not fit, where
 * the original answers 500. An answer has at most 20 issues. The schema itself is not changed.
 *
 * @example
 * import { validator } from "@appenv/hono/validator";
 * app.post("/orders", validator("json", order), (c) => c.json(c.req.valid("json")));
 */
export const validator: typeof honoValidator = (target, schema, hook, options) => {
  const described = honoValidator(target, schema, undefined, options) as object as Described;
  const guarded = honoValidator(
    target,
    guard(schema as StandardSchema) as typeof schema,
    answerOf(hook as Hook) as never,
  );
  // The document is made from the schema itself: its library cannot describe the guarded one.
  return Object.assign(guarded, { [uniqueSymbol]: described[uniqueSymbol] }) as never;
};

type Described = Readonly<Record<typeof uniqueSymbol, unknown>>;

/** The same schema, which never throws. */
function guard(schema: StandardSchema): StandardSchema {
  const check = checkOf(schema);
  const validate = async (value: unknown): Promise<Checked> => {
    const checked = await check(value);
    return checked.issues === undefined ? checked : { issues: checked.issues.slice(0, mostIssues) };
  };
  return { "~standard": { ...schema["~standard"], validate } };
}

/** The original puts the value into its answer, which fails if the value is nested too deeply. */
function answerOf(hook: Hook | undefined): Hook {
  return async (outcome, c) => {
    const own = await hook?.(outcome, c);
    if (own || outcome.success || isWritable(outcome)) return own;
    const error = outcome.error?.map(({ message, path }) => ({ message, path }));
    return c.json({ data: null, error, success: false }, 400);
  };
}

function isWritable(outcome: Outcome): boolean {
  try {
    JSON.stringify(outcome);
    return true;
  } catch {
    return false;
  }
}
