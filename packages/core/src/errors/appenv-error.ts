import { errorCatalogue, type ErrorCode } from "./catalogue.ts";

const brand: unique symbol = Symbol.for("appenv.error") as never;

/** Optional parts of an error beside its code and message. */
export interface AppEnvErrorOptions {
  /** The error that led to it; the command line shows it below the message. */
  readonly cause?: unknown;
  /** A more precise sentence than the catalogue's. */
  readonly fix?: string;
}

/**
 * An error AppEnv raises on purpose. `message` says what was wrong and where, `fix` what to do.
 * It is recognised by `AppEnvError.is` across copies of the package.
 *
 * @example
 * try { await serve(env) } catch (error) { if (AppEnvError.is(error, "PORT_IN_USE")) ... }
 */
export class AppEnvError extends Error {
  override readonly name: string = "AppEnvError";
  /** Its code in the catalogue, see `docs/errors.md`. */
  readonly code: ErrorCode;
  /** The remedy, one sentence. */
  readonly fix: string;

  constructor(code: ErrorCode, message: string, options: AppEnvErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.fix = options.fix ?? errorCatalogue[code].fix;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for an AppEnvError (with this code, if one is given), from any copy of the package. */
  static is(error: unknown, code?: ErrorCode): error is AppEnvError {
    if (typeof error !== "object" || error === null || !(brand in error)) return false;
    return code === undefined || (error as unknown as AppEnvError).code === code;
  }

  /** `error` itself if it is an AppEnvError, else a new one of `code` with `error` as its cause. */
  static from(error: unknown, code: ErrorCode, prefix?: string): AppEnvError {
    if (AppEnvError.is(error)) return error;
    const text = error instanceof Error ? error.message : String(error);
    return new AppEnvError(code, prefix === undefined ? text : `${prefix}: ${text}`, { cause: error });
  }
}
