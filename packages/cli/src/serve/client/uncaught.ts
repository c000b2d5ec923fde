import { AppEnvError } from "@appenv/core";
import { fixOf } from "@appenv/core/internal";

/** Errors that a user's file throws and nothing catches. */
export interface Uncaught {
  /** Rejects with the first error that nothing caught. */
  readonly first: Promise<never>;
  /** Called with each error that comes after the command has done its work, or has failed. */
  report: (error: unknown) => void;
}

/** A file runs here to be read, and what it has begun may throw at any later time. */
export function watchUncaught(file: string): Uncaught {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const uncaught: Uncaught = { first: promise, report: reject };
  process.on("uncaughtException", (error) => {
    const found = AppEnvError.from(error, "LOAD_FAILED", `${file}: An error was not caught`);
    const fix = fixOf(error);
    uncaught.report(fix === undefined ? found : new AppEnvError(found.code, found.message, { cause: error, fix }));
  });
  return uncaught;
}
