import { type JwtRules } from "@appenv/core";
import { fetchWithin } from "@appenv/core/internal";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import type { Credential } from "./credential.ts";

type Jose = typeof import("jose");

/** Signatures by a private key: with a shared secret, a public key could be taken for one. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Codes of errors by which a token is wrong; any other error means that it cannot be checked. */
const invalid = /^ERR_(JWT_|JWS_|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED)/;

/** For the issuer's configuration, and for its keys. A large issuer has some ten keys of 2 KiB. */
const limits = { bytes: 256 * 1024, ms: 5_000 };
/** Time in which a failed look-up is not repeated, in milliseconds. */
const failedMs = 1_000;
/** Time after which a token is checked again, so that a key which its issuer took back is noticed, in milliseconds. */
const trustedMs = 5 * 60_000;

/** Settings of the look-up of keys. */
export interface JwtVerifierOptions {
  /** Time after a look-up in which an unknown key causes no other one, in milliseconds. Default 10,000. */
  readonly cooldownMs?: number;
}

/** Checks JWTs of an OpenID Connect issuer. What that needs is loaded, and the issuer asked, when the first one comes. */
export class JwtVerifier {
  readonly #rules: JwtRules;
  readonly #cooldownMs: number;
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(rules: JwtRules, { cooldownMs = 10_000 }: JwtVerifierOptions = {}) {
    this.#rules = rules;
    this.#cooldownMs = cooldownMs;
  }

  async verify(token: string): Promise<Credential | undefined> {
    const jose = await import("jose");
    // Nobody can make this process ask the issuer with any text.
    if (!this.#isOfIssuer(token, jose)) return undefined;
    try {
      const { issuer, audience, clockToleranceMs } = this.#rules;
      const { payload } = await jose.jwtVerify(token, await this.#lookUp(jose), {
        issuer,
        audience: [...audience],
        algorithms,
        clockTolerance: clockToleranceMs / 1_000,
        requiredClaims: ["exp", "sub"],
      });
      return this.#admit(payload);
    } catch (error) {
      if (invalid.test(String((error as { code?: unknown }).code))) return undefined;
      throw error;
    }
  }

  #isOfIssuer(token: string, { decodeJwt }: Jose): boolean {
    try {
      return decodeJwt(token).iss === this.#rules.issuer;
    } catch {
      return false;
    }
  }

  #admit({ sub = "", exp = 0, ...rest }: JWTPayload): Credential {
    const endsAt = exp * 1_000 + this.#rules.clockToleranceMs;
    return {
      identity: { kind: "jwt", subject: sub, claims: { ...rest, sub, exp } },
      expiresAt: Math.min(endsAt, Date.now() + trustedMs),
      endsAt,
    };
  }

  #lookUp(jose: Jose): Promise<JWTVerifyGetKey> {
    if (this.#keys !== undefined) return this.#keys;
    const keys = this.#findKeys(jose);
    this.#keys = keys;
    keys.catch(() => {
      setTimeout(() => (this.#keys = undefined), failedMs).unref();
    });
    return keys;
  }

  async #findKeys({ createRemoteJWKSet, customFetch }: Jose): Promise<JWTVerifyGetKey> {
    const uri = this.#rules.jwksUri ?? (await discover(this.#rules.issuer));
    return createRemoteJWKSet(new URL(uri), {
      cooldownDuration: this.#cooldownMs,
      [customFetch]: (url: string, { headers }: { headers: Headers }) => fetchWithin(url, { headers }, limits),
    });
  }
}

/** Finds the URL of an issuer's keys (OpenID Connect Discovery 1.0). */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetchWithin(url, {}, limits);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const { issuer: named, jwks_uri: uri } = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error(`${url} is about the issuer ${JSON.stringify(named)}, not ${issuer}`);
  if (typeof uri !== "string" || !URL.canParse(uri)) throw new Error(`${url} names no jwks_uri`);
  if (!isTrustworthy(uri)) throw new Error(`${url} names a jwks_uri without TLS`);
  return uri;
}

/** Keys that come over an open line could be anybody's: the same rule as for the options. */
function isTrustworthy(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
