import { invalidOption } from "../../errors/invalid-option.ts";

/** The variables of Flyte's templates. */
const flyteVariables: ReadonlySet<string> = new Set(["Run.Project", "Run.Domain", "Run.Name", "Phase", "Error"]);

const pattern = /\{\{-?\s*\.([A-Za-z0-9_.-]*[A-Za-z0-9_])\s*-?\}\}/g;
const secretPrefix = "Secret.";

/** The variables that a template names, such as `Run.Name` and `Secret.SLACK_URL`. */
export function variablesOf(template: string): readonly string[] {
  return [...template.matchAll(pattern)].map(([, name = ""]) => name);
}

/** The secret of a variable; undefined if it stands for something else. */
export function secretOf(variable: string): string | undefined {
  return variable.startsWith(secretPrefix) ? variable.slice(secretPrefix.length) : undefined;
}

/** True for a variable that only AppEnv's platform knows. */
export function isOwnVariable(variable: string): boolean {
  return !flyteVariables.has(variable);
}

/** A template with its variables replaced. */
export function fillTemplate(template: string, valueOf: (variable: string) => string): string {
  return template.replaceAll(pattern, (_, variable: string) => valueOf(variable));
}

/**
 * Checks the variables of a template.
 *
 * @param secrets - Whether it may name secrets: only where nobody but the receiver reads them.
 * @throws AppEnvError INVALID_OPTION.
 */
export function checkTemplate(template: string, option: string, secrets: boolean): void {
  for (const variable of variablesOf(template)) {
    const secret = secretOf(variable);
    const isKnown = flyteVariables.has(variable) || variable === "Run.Url" || (secret !== undefined && secret !== "");
    if (!isKnown) throw invalidOption(option, `{{.${variable}}}`, `a text with variables among ${allowed(secrets)}`);
    if (secret === undefined || secrets) continue;
    throw invalidOption(option, `{{.${variable}}}`, "without secrets: only a URL and headers may name them");
  }
}

function allowed(secrets: boolean): string {
  const all = [...flyteVariables, "Run.Url", ...(secrets ? ["Secret.NAME"] : [])];
  return all.map((variable) => `{{.${variable}}}`).join(", ");
}
