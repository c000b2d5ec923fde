import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { PlatformTokenRules } from "../../ipc/replica-messages.ts";

/** The `typ` of tokens of the platform: no other JWT can be taken for one. */
export const platformTokenType = "appenv+jwt";

/** The `iss` of tokens of the platform. */
export const platformTokenIssuer = "appenv";

/** Maximum difference between the clocks of the platform and of a replica, in seconds. */
const clockTolerance = 5;

/** The content of a valid token. */
export interface PlatformToken {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Checks tokens of the platform: JWTs with one algorithm (Ed25519), one type, one issuer, one audience. It is written
 * by hand, since this way it answers at once and loads nothing; JWTs of others go another way.
 */
export class PlatformTokens {
  readonly #rules: PlatformTokenRules;
  readonly #keys: Map<string, KeyObject> = new Map();

  constructor(rules: PlatformTokenRules) {
    this.#rules = rules;
  }

  /** The content of a valid token; undefined for any other text. */
  check(token: string): PlatformToken | undefined {
    const match = /^([\w-]{1,1000})\.([\w-]{1,4000})\.([\w-]{86})$/.exec(token);
    if (match === null) return undefined;
    const [, head = "", payload = "", signature = ""] = match;
    const { alg, typ, kid } = readJson(head);
    if (alg !== "EdDSA" || typ !== platformTokenType || typeof kid !== "string") return undefined;
    const key = this.#key(kid);
    if (key === undefined) return undefined;
    if (!verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url"))) return undefined;
    return this.#readClaims(readJson(payload));
  }

  #readClaims(claims: Readonly<Record<string, unknown>>): PlatformToken | undefined {
    const { iss, aud, sub, exp, iat } = claims;
    const now = Date.now() / 1_000;
    if (iss !== platformTokenIssuer || aud !== this.#rules.audience || typeof sub !== "string") return undefined;
    if (typeof exp !== "number" || exp + clockTolerance <= now) return undefined;
    if (typeof iat !== "number" || iat - clockTolerance > now) return undefined;
    return { subject: sub, claims, expiresAt: (exp + clockTolerance) * 1_000 };
  }

  #key(kid: string): KeyObject | undefined {
    const known = this.#keys.get(kid);
    if (known !== undefined) return known;
    const found = this.#rules.keys.find((key) => key.kid === kid);
    if (found === undefined) return undefined;
    const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: found.x } });
    this.#keys.set(kid, key);
    return key;
  }
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
