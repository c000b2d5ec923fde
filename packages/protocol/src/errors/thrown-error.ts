import { AppEnvError, errorCatalogue, type ErrorCode } from "@appenv/core";

/**
 * An error as it is told to other processes. They stand in a list: the one that was thrown is the first, and those that led
 * to it follow, named by their places.
 */
export interface ThrownError {
  /** Of an Error, for example `TypeError`; undefined for anything else that was thrown, which `message` shows. */
  readonly name?: string;
  readonly message: string;
  /** Its own `code`. */
  readonly code?: string | number;
  /** Its own `status`. */
  readonly status?: string | number;
  /** Of an AppEnvError. */
  readonly fix?: string;
  /** The line of the user's code that it comes from, for example `src/orders.ts:31:9`. */
  readonly at?: string;
  /** The place of its `cause`. */
  readonly cause?: number;
  /** The places of its `errors`, as an AggregateError has them. */
  readonly errors?: readonly number[];
}

/**
 * The error that a list begins with, as it was thrown but for its class and stack. A thrown value that is no Error
 * becomes one with its text.
 */
export function reviveError([first, ...others]: readonly ThrownError[]): Error {
  const list = [{ name: "Error", message: "", ...first }, ...others];
  const revived: unknown[] = [];
  // The causes of an error stand behind it.
  for (let place = list.length - 1; place >= 0; place -= 1) {
    const thrown = list[place];
    if (thrown !== undefined) revived[place] = revive(thrown, place, revived);
  }
  return revived[0] as Error;
}

function revive(thrown: ThrownError, place: number, revived: readonly unknown[]): unknown {
  const { name, message, code, status, at, cause, errors, fix } = thrown;
  if (name === undefined) return message;
  const of = (other: number): unknown => (other > place ? revived[other] : undefined);
  const options = cause === undefined ? {} : { cause: of(cause) };
  const isListed = name === "AppEnvError" && typeof code === "string" && isErrorCode(code);
  if (isListed) return new AppEnvError(code, message, { ...options, ...(fix !== undefined && { fix }) });
  const error =
    errors === undefined ? new Error(message, options) : new AggregateError(errors.map(of), message, options);
  // The place where it was read is of no interest.
  error.stack = `${name}: ${message}${at === undefined ? "" : `\n    at ${at}`}`;
  if (error.name !== name) error.name = name;
  return Object.assign(error, code !== undefined && { code }, status !== undefined && { status });
}

/** True for a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
