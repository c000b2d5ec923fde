import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "./duration.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Options of authentication: accepted JWTs, open paths, and the use of the caller's credentials. */
export interface AuthOptions {
  /** The issuer of accepted JWTs: the URL of an OpenID Connect issuer, as in the claim `iss`. Default: none. */
  readonly issuer?: string;
  /** For whom the JWTs must be: their claim `aud` has one of these. Needed beside `issuer`. */
  readonly audience?: string | readonly string[];
  /** The URL of the issuer's public keys. Default: from its `/.well-known/openid-configuration`. */
  readonly jwksUri?: string;
  /** Tolerated difference of clocks. Default 5 seconds. */
  readonly clockTolerance?: Duration;
  /** Answers everybody at the health path. Default true. */
  readonly openHealth?: boolean;
  /** Shows the pages about the API, and its documents, to everybody. Default true. */
  readonly openDocs?: boolean;
  /** Lifetime of a ticket: 1 second to 5 minutes. Default 30 seconds. */
  readonly ticketLifetime?: Duration;
  /**
   * Makes `run`, `Task.get` and all other calls of the control plane from a handler carry the caller's
   * `Authorization` instead of the app's own credentials; none, if the caller sent none. Default false. It goes to the
   * configured control plane only, and not without TLS, but for this machine. Also with `requiresAuth: false`, where a
   * gateway in front of the app checks who calls.
   */
  readonly passThrough?: boolean;
}

/** Checked options. */
export interface Auth {
  /** The issuer of accepted JWTs; undefined: none. */
  readonly jwt: JwtRules | undefined;
  readonly openHealth: boolean;
  readonly openDocs: boolean;
  readonly ticketLifetimeMs: number;
  readonly passThrough: boolean;
}

/** Rules for JWTs. */
export interface JwtRules {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Undefined: from the issuer's configuration. */
  readonly jwksUri: string | undefined;
  readonly clockToleranceMs: number;
}

const names: OptionNames<AuthOptions> = {
  issuer: true,
  audience: true,
  jwksUri: true,
  clockTolerance: true,
  openHealth: true,
  openDocs: true,
  ticketLifetime: true,
  passThrough: true,
};

/** Checks the option `auth`. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function readAuth(value: AuthOptions | undefined, requiresAuth: boolean): Auth {
  if (value !== undefined && (typeof value !== "object" || value === null))
    throw invalidOption("auth", value, "an object");
  checkOptions(value, "auth", names);
  const { passThrough = false, ...rest } = value ?? {};
  if (!requiresAuth && (value === undefined ? false : passThrough !== true || Object.keys(rest).length > 0)) {
    throw invalidOption("auth", value, "left out with `requiresAuth: false`, but for `passThrough: true`");
  }
  const { openHealth = true, openDocs = true } = rest;
  if (typeof openHealth !== "boolean") throw invalidOption("auth.openHealth", openHealth, "true or false");
  if (typeof openDocs !== "boolean") throw invalidOption("auth.openDocs", openDocs, "true or false");
  if (typeof passThrough !== "boolean") throw invalidOption("auth.passThrough", passThrough, "true or false");
  const ticketLifetimeMs = readTicketLifetime(value?.ticketLifetime ?? 30);
  return Object.freeze({ jwt: readJwt(value ?? {}), openHealth, openDocs, ticketLifetimeMs, passThrough });
}

function readTicketLifetime(value: Duration): number {
  const lifetimeMs = durationMs(value, "auth.ticketLifetime");
  if (lifetimeMs >= 1_000 && lifetimeMs <= 300_000) return lifetimeMs;
  throw invalidOption("auth.ticketLifetime", value, "1 second to 5 minutes");
}

function readJwt({ issuer, audience, jwksUri, clockTolerance = 5 }: AuthOptions): JwtRules | undefined {
  if (issuer === undefined) {
    if (audience !== undefined) throw invalidOption("auth.audience", audience, "given together with `auth.issuer`");
    if (jwksUri !== undefined) throw invalidOption("auth.jwksUri", jwksUri, "given together with `auth.issuer`");
    return undefined;
  }
  const audiences = [audience ?? []].flat();
  if (audiences.length === 0 || !audiences.every((each) => typeof each === "string" && each !== "")) {
    throw invalidOption(
      "auth.audience",
      audience,
      "a text or a list of texts: without it tokens for others would pass",
    );
  }
  return Object.freeze({
    issuer: readUrl("auth.issuer", issuer),
    audience: Object.freeze(audiences),
    jwksUri: jwksUri === undefined ? undefined : readUrl("auth.jwksUri", jwksUri),
    clockToleranceMs: durationMs(clockTolerance, "auth.clockTolerance"),
  });
}

/** Keys that come over an open line could be anybody's. */
function readUrl(option: string, value: string): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  const isHere = url?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || isHere) return value;
  throw invalidOption(option, value, "a URL with https (or of this machine)");
}
