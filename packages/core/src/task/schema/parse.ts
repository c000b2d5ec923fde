import { AppEnvError } from "../../errors/appenv-error.ts";
import { checkOf } from "../../schema/check-of.ts";
import type { SchemaIssue } from "../../schema/checked.ts";
import type { Schema } from "../options/task-options.ts";

/** Maximum number of a value's mistakes that are listed. */
const mostIssues = 8;

/**
 * Parses a value with a schema, once: defaults are filled in, transforms applied.
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
  const checked = await checkOf(schema)(value);
  if (checked.issues === undefined) return checked.value;
  const { issues, cause } = checked;
  throw new AppEnvError(code, `${what} does not fit its schema: ${describe(issues)}.`, { cause });
}

/** The mistakes of a value, as text, without waiting; undefined if there are none or the schema is asynchronous. */
export function problemsOf(schema: Schema, value: unknown): string | undefined {
  const checked = checkOf(schema)(value);
  return checked instanceof Promise || checked.issues === undefined ? undefined : describe(checked.issues);
}

function describe(issues: readonly SchemaIssue[]): string {
  const texts = issues.slice(0, mostIssues).map(({ path = [], message }) => {
    const where = path.length === 0 ? "" : `${pathText(path)}: `;
    return `${where}${message}`;
  });
  const left = issues.length - texts.length;
  return texts.join("; ") + (left > 0 ? `; and ${left} more` : "");
}

function pathText(path: NonNullable<SchemaIssue["path"]>): string {
  const steps = path.map((step) => (typeof step === "object" ? step.key : step));
  return steps.map((part, index) => (typeof part === "number" ? `[${part}]` : dotted(String(part), index))).join("");
}

function dotted(name: string, index: number): string {
  return index === 0 ? name : `.${name}`;
}
