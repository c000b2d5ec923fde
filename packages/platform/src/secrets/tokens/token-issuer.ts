import { hkdfSync, randomUUID, sign } from "node:crypto";
import type { PlatformTokenRules } from "@appenv/runtime";
import type { AppId } from "@appenv/protocol";
import { TokenKeys, type TokenKey } from "./token-keys.ts";

/** A short-lived token with which one app may be called. */
export interface AppToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Signs tokens with which apps of the platform call one another. */
export interface TokenIssuer {
  /** A token with which `subject` may call an app, and no other. */
  issue(subject: string, app: AppId): AppToken;
  /** The rules by which the replicas of an app accept tokens. */
  rulesFor(app: AppId): PlatformTokenRules;
  /** Called when the rules have changed. */
  onChange: () => void;
}

/** Lifetime of a token, in seconds. */
const lifetime = 300;

/** The issuer of a platform whose keys are in this file; the file is read or made when the first token is needed. */
export function createTokenIssuer(file: string): TokenIssuer {
  let made: TokenKeys | undefined;
  const keys = (): TokenKeys => {
    const known = (made ??= new TokenKeys(file));
    if (known.rotate()) setImmediate(() => issuer.onChange());
    return known;
  };
  const issuer: TokenIssuer = {
    issue: (subject, app) => {
      const { kid, privateKey } = keys().current;
      const iat = Math.floor(Date.now() / 1_000);
      const claims = { iss: "appenv", aud: audienceOf(app), sub: subject, iat, exp: iat + lifetime, jti: randomUUID() };
      const text = `${encode({ alg: "EdDSA", typ: "appenv+jwt", kid })}.${encode(claims)}`;
      const signature = sign(null, Buffer.from(text), privateKey).toString("base64url");
      return { token: `${text}.${signature}`, expiresAt: claims.exp * 1_000 };
    },
    rulesFor: (app) => {
      const { all, current } = keys();
      const audience = audienceOf(app);
      const ticketSecrets = [current, ...all].map((key) => ticketSecretOf(key, audience));
      return { audience, keys: all.map(({ kid, x }) => ({ kid, x })), ticketSecrets: [...new Set(ticketSecrets)] };
    },
    onChange: () => {},
  };
  return issuer;
}

/** A secret for the replicas of one app, from which neither the key nor the secret of another app can be told. */
function ticketSecretOf({ privateKey }: TokenKey, audience: string): string {
  const key = privateKey.export({ format: "der", type: "pkcs8" });
  return Buffer.from(hkdfSync("sha256", key, "", `appenv ticket secret ${audience}`, 32)).toString("base64url");
}

function audienceOf({ project, domain, name }: AppId): string {
  return `${project}/${domain}/${name}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
