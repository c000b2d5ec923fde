import { AppEnvError } from "@appenv/core";
import { fixOf, placeOf } from "@appenv/core/internal";

/** The error of a file that threw while it was run: what was thrown, and where in the user's own code. */
export function loadError(file: string, error: unknown): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const fix = fixOf(error);
  return new AppEnvError("LOAD_FAILED", `${placeOf(error) ?? file}: ${what}`, {
    cause: error,
    ...(fix === undefined ? {} : { fix }),
  });
}
