import { createHash } from "node:crypto";
import type { Identity } from "@appenv/core";

/** The credential that admitted a request. */
export interface Credential {
  /** Undefined: the app requires no credential. */
  readonly identity: Identity | undefined;
  /** The hash of the API key, hex. */
  readonly keyHash?: string;
  /** The time until which it may be remembered, in milliseconds since 1970. Default: without end. */
  readonly expiresAt?: number;
  /** The end of the credential itself, with the tolerance of clocks, in milliseconds since 1970. Default: never. */
  readonly endsAt?: number;
}

/** The credential of every request to an app, or a path, that requires none. */
export const noneRequired: Credential = { identity: undefined };

/** The SHA-256 of an API key in hex: the only form in which keys are kept. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
