import { Code, ConnectError } from "@connectrpc/connect";
import { errorCodeHeader, errorFixHeader } from "@appenv/protocol";

/** An error for people. */
export interface Failure {
  readonly message: string;
  /** The remedy; empty if none is known. */
  readonly fix: string;
  /** The code of the error; empty if it has none. */
  readonly code: string;
}

/** Reads an error that a call threw. */
export function readFailure(error: unknown): Failure {
  if (isDisconnect(error)) return { code: "", message: "The platform does not answer.", fix: "Start it: appenv up" };
  const { rawMessage, metadata } = ConnectError.from(error);
  const fix = metadata.get(errorFixHeader) ?? "";
  return { code: metadata.get(errorCodeHeader) ?? "", message: rawMessage, fix: decoded(fix) };
}

/** Tells whether the platform could not be reached, or was about to close. */
export function isDisconnect(error: unknown): boolean {
  const { code, metadata, cause } = ConnectError.from(error);
  return !metadata.has(errorCodeHeader) && (code === Code.Unavailable || cause instanceof TypeError);
}

/** Tells whether a stream ended without the platform meaning it to: it may be opened again. */
export function isBroken(error: unknown): boolean {
  const { code, metadata } = ConnectError.from(error);
  return isDisconnect(error) || (!metadata.has(errorCodeHeader) && breaks.has(code));
}

const breaks: ReadonlySet<Code> = new Set([Code.Unknown, Code.Internal, Code.Aborted, Code.DataLoss]);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
