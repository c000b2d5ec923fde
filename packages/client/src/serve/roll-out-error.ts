import { AppEnvError, type Environment } from "@appenv/core";
import type { BroughtUp } from "./bring-up.ts";

/** What a plan came to, as far as its error tells. */
export interface RollOutOutcome extends Pick<BroughtUp<unknown>, "failed" | "leftOut"> {
  /** Names of apps that can answer. */
  readonly serving: readonly string[];
  /** Names of what was registered, and not waited for. */
  readonly registered: readonly string[];
  /** What an environment is called on the control plane. */
  readonly nameOf: (environment: Environment) => string;
}

/**
 * The error of a plan of which something failed: it has the code and the fix of the first one, and says what failed,
 * what was not begun because of that, and what is there. Where there is nothing else to tell, it is that error itself.
 */
export function rollOutError({ failed, leftOut, serving, registered, nameOf }: RollOutOutcome): unknown {
  const [first] = failed.values();
  const lines = [
    ...[...failed].map(([environment, error]) => named(nameOf(environment), messageOf(error))),
    ...listed("Not begun because of that", leftOut.map(nameOf)),
    ...listed("Serving", serving),
    ...listed("Registered", registered),
  ];
  if (lines.length === 1) return first;
  const { code, fix } = AppEnvError.from(first, "UNEXPECTED");
  return new AppEnvError(code, lines.join("\n"), { cause: first, fix });
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function named(name: string, message: string): string {
  return message.includes(`'${name}'`) ? message : `'${name}': ${message}`;
}

function listed(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${names.map((name) => `'${name}'`).join(", ")}.`];
}
