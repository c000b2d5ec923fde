import { AppEnvError } from "./appenv-error.ts";
import { didYouMean, nearest } from "./nearest.ts";

/** All names of an options object, of which the compiler says if one is missing: `{ replicas: true, ... }`. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * Refuses options that do not exist, which the compiler lets pass in JavaScript and in objects that are spread. One that is
 * undefined counts as left out; symbols are somebody else's.
 *
 * @param where - Whose options they are, as in `scaling` or `task 'resize'`.
 * @throws AppEnvError INVALID_OPTION, with the nearest name.
 */
export function checkOptions(value: unknown, where: string, known: Readonly<Record<string, true>>): void {
  if (typeof value !== "object" || value === null) return;
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(known, name) || (value as Readonly<Record<string, unknown>>)[name] === undefined) continue;
    throw unknownOption(name, where, Object.keys(known));
  }
}

function unknownOption(name: string, where: string, known: readonly string[]): AppEnvError {
  const near = nearest(name, known);
  const list = known.map((each) => `\`${each}\``).join(", ");
  const fix = near === undefined ? "Leave it out." : `Write \`${near}\`, or leave it out.`;
  const message = `${opening(where)} has no option '${name}'.${didYouMean(name, known)}`;
  return new AppEnvError("INVALID_OPTION", message, { fix: `${fix} The options are ${list}.` });
}

/** A sentence begins with an option or a class as it is written in code. */
function opening(text: string): string {
  return /^[a-z]+ '/.test(text) ? `The ${text}` : text;
}
