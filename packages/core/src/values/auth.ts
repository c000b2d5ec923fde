import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "./duration.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** What passes beside API keys and tokens of the platform, what needs nothing, and what happens to callers' credentials. */
export interface AuthOptions {
  /** Whose JWTs are accepted: the URL of an OpenID Connect issuer, as it stands in the claim `iss`. Default: nobody's. */
  readonly issuer?: string;
  /** For whom the JWTs must be: their claim `aud` has one of these. Needed beside `issuer`. */
  readonly audience?: string | readonly string[];
  /** Where the issuer's public keys are. Default: what its `/.well-known/openid-configuration` says. */
  readonly jwksUri?: string;
  /** How far the clocks may differ. Default 5 seconds. */
  readonly clockTolerance?: Duration;
  /** Whether the health path answers everybody. Default true. */
  readonly openHealth?: boolean;
  /** Whether the pages about the API and its documents are shown to everybody. Default true. */
  readonly openDocs?: boolean;
  /** How long a ticket opens sockets: 1 second to 5 minutes. Default 30 seconds. */
  readonly ticketLifetime?: Duration;
  /**
   * Whether `run`, `Task.get` and all other calls of the control plane that a handler makes carry the caller's
   * `Authorization` instead of the app's own credentials; none, if the caller sent none. Default false. It goes to the
   * configured control plane only, and not without TLS, but for this machine. Also with `requiresAuth: false`, where a
   * gateway in front of the app checks who calls.
   */
  readonly passThrough?: boolean;
}

/** Checked options. */
export interface Auth {
  /** Whose JWTs are accepted; undefined: nobody's. */
  readonly jwt: JwtRules | undefined;
  readonly openHealth: boolean;
  readonly openDocs: boolean;
  readonly ticketLifetimeMs: number;
  readonly passThrough: boolean;
}

/** Which JWTs are accepted. */
export interface JwtRules {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Undefined: what the issuer's configuration says. */
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
