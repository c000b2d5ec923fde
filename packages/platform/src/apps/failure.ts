import { errorCatalogue, type AppEnvError, type ErrorCode } from "@appenv/core";

/** The reason why an app, a revision or a replica failed. */
export interface Failure {
  readonly code: ErrorCode;
  /** One sentence or more, for people, without the code. */
  readonly message: string;
  readonly fix: string;
}

/** An error as the reason of a failure. */
export function failureOf({ code, message, fix }: AppEnvError): Failure {
  return { code, message, fix };
}

/**
 * An app's message in one text, as Flyte's conditions and the log have it: `[CODE] why, what happens now`, and, on a line
 * of its own, the fix if it differs from the catalogue's. A client reads the code and the fix from it again.
 */
export function statusText({ failure, message }: { readonly failure?: Failure; readonly message: string }): string {
  if (failure === undefined) return message;
  const { code, fix } = failure;
  const text = [`[${code}] ${failure.message}`, message].filter((part) => part !== "").join(" ");
  return fix === errorCatalogue[code].fix ? text : `${text}\nFix: ${fix}`;
}
