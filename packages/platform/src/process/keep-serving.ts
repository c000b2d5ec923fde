import { AppEnvError } from "@appenv/core";
import { sqliteCode } from "@appenv-internal/state/sqlite";
import { unexpected } from "@appenv/core/internal";

/** Codes of SQLite after which nothing that is stored can be trusted: corrupt, not a database. */
const fatalCodes = new Set([11, 26]);

/**
 * Has this process go on when an error is not caught anywhere: it is reported, and serving goes on. To be called only
 * in a process that is the platform's own; in a user's, an error of the user's code must end it.
 *
 * @param onFatal - Called after errors with which the platform must not go on: its stored state is broken.
 */
export function keepServing(onFatal: (error: unknown) => void): () => void {
  const onError = (error: unknown, origin: string): void => {
    const what = origin === "unhandledRejection" ? "A rejected promise" : "An error";
    unexpected(`${what} was not caught`, error);
    if (isFatal(error)) onFatal(error);
  };
  process.on("uncaughtException", onError);
  return () => void process.off("uncaughtException", onError);
}

function isFatal(error: unknown): boolean {
  if (AppEnvError.is(error, "STATE_CORRUPTED")) return true;
  const code = sqliteCode(error);
  return code !== undefined && fatalCodes.has(code);
}
