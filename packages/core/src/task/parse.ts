import { AppEnvError } from "../errors/appenv-error.ts";
import type { Schema } from "./task-options.ts";

/** How a zod schema parses, in all of zod's forms. */
interface Parser {
  safeParse(value: unknown): Parsed;
  safeParseAsync(value: unknown): Promise<Parsed>;
}

type Parsed =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** How many of a value's mistakes are listed. */
const mostIssues = 8;

/** Schemas with a part that needs time, such as an async refinement. */
const slow = new WeakSet<Schema>();

/**
 * What a schema makes of a value: defaults filled in, transforms applied. It is parsed once.
 *
 * @param what - Names the value in the error, for example `The input of 'add-one.add_one'`.
 * @throws AppEnvError of this code, with the schema's own messages and where they apply.
 */
export async function parseValue(
  schema: Schema,
  value: unknown,
  code: "INVALID_INPUT" | "INVALID_OUTPUT",
  what: string,
): Promise<unknown> {
  const parsed = await parse(schema, value);
  if (parsed.success) return parsed.data;
  throw new AppEnvError(code, `${what} does not fit its schema: ${describe(parsed.error.issues)}.`, {
    cause: parsed.error,
  });
}

/** As `parseValue`, at once; undefined if the schema needs time. */
export function problemsOf(schema: Schema, value: unknown): string | undefined {
  const parsed = slow.has(schema) ? undefined : parseNow(schema, value);
  return parsed === undefined || parsed.success ? undefined : describe(parsed.error.issues);
}

function parse(schema: Schema, value: unknown): Parsed | Promise<Parsed> {
  const parsed = slow.has(schema) ? undefined : parseNow(schema, value);
  return parsed ?? (schema as unknown as Parser).safeParseAsync(value);
}

/** Undefined if the schema turns out to need time; from then on that is known. */
function parseNow(schema: Schema, value: unknown): Parsed | undefined {
  try {
    return (schema as unknown as Parser).safeParse(value);
  } catch (error) {
    if ((error as object | undefined)?.constructor?.name !== "$ZodAsyncError") throw error;
    slow.add(schema);
    return undefined;
  }
}

function describe(issues: readonly Issue[]): string {
  const texts = issues.slice(0, mostIssues).map(({ path, message }) => {
    const where = path.length === 0 ? "" : `${pathText(path)}: `;
    return `${where}${message}`;
  });
  const left = issues.length - texts.length;
  return texts.join("; ") + (left > 0 ? `; and ${left} more` : "");
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : dotted(String(part), index))).join("");
}

function dotted(name: string, index: number): string {
  return index === 0 ? name : `.${name}`;
}
