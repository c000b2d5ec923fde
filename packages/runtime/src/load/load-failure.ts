import { AppEnvError, type ErrorCode } from "@appenv/core";
import { fixOf, placeOf } from "@appenv/core/internal";

/**
 * The error of a user's code: its place or step, then the thrown error's message, and a fix if the text tells one.
 *
 * @param by - The place or step that failed, for example `onStartup of 'hello' failed`.
 */
export function failureOf(error: unknown, code: ErrorCode, by: string): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  const fix = fixOf(error);
  return new AppEnvError(code, `${by}: ${text}`, { cause: error, ...(fix === undefined ? {} : { fix }) });
}

/** The error of code that threw while it was imported. Its place is one in the sources, also if a bundle was imported. */
export function loadFailure(error: unknown, name: string): AppEnvError {
  const place = placeOf(error);
  const kind = error instanceof Error ? `${error.name}: ` : "";
  const { code, message, fix, cause } = failureOf(error, "LOAD_FAILED", place ?? `${name} could not be loaded`);
  if (AppEnvError.is(error)) return error;
  const at = place === undefined ? message : message.replace(`${place}: `, `${place}: ${kind}`);
  return new AppEnvError(code, at, { cause, fix: fixOf(error) === undefined ? ownFix : fix });
}

const ownFix =
  "Correct the error shown in the message. If the file can be read but not run, look for an env var that only your shell " +
  "has: name it in `envVars` or `secrets`, or give it with `-e NAME=VALUE`.";
