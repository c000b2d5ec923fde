import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { AppEnvError } from "@appenv/core";
import type { ClientConfig } from "../config/config.ts";
import type { LoginServer } from "../login/login-server.ts";
import { fetchToken } from "../login/token-fetch.ts";

/** A source of bearer tokens. */
export interface TokenSource {
  /** The header they are sent in. */
  readonly header: string;
  /** The current one; undefined: none is needed. */
  get(): Promise<string | undefined>;
  /** A new one, after this one was refused, or a call without one. Undefined: there is no other. */
  renew(refused: string | undefined): Promise<string | undefined>;
}

/** A token that never changes. */
export function staticToken(token: string): TokenSource {
  return { header: "authorization", get: async () => token, renew: async () => undefined };
}

/**
 * A token from the output of a command.
 *
 * @param key - The key of the configuration that names it.
 */
export function commandToken([program, ...words]: readonly string[], key = "admin.command"): TokenSource {
  return cached(async () => {
    if (program === undefined) {
      throw new AppEnvError("INVALID_CONFIG", `admin.authType is ExternalCommand, but ${key} is not set.`);
    }
    try {
      const { stdout } = await promisify(execFile)(program, words);
      return { token: stdout.trim(), lifetimeMs: Number.POSITIVE_INFINITY };
    } catch (error) {
      throw AppEnvError.from(error, "UNAUTHENTICATED", `The command '${program}' of ${key} failed`);
    }
  });
}

/** As much of an authorization server as a client with a secret needs. */
type TokenServer = Pick<LoginServer, "tokenEndpoint" | "scopes" | "audience" | "header">;

/** A token for a client id and secret: OAuth 2's client_credentials grant. */
export function clientSecretToken(config: ClientConfig, discover: () => Promise<TokenServer>): TokenSource {
  const source = cached(async () => {
    const server = await discover();
    source.header = server.header;
    return requestToken(config, server);
  });
  return source;
}

interface Token {
  readonly token: string;
  readonly lifetimeMs: number;
}

async function requestToken(config: ClientConfig, server: TokenServer): Promise<Token> {
  const secret = encodeURIComponent(await readSecret(config)).replaceAll("%20", "+");
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (server.scopes.length > 0) form.set("scope", server.scopes.join(" "));
  if (server.audience !== "") form.set("audience", server.audience);
  const response = await fetchToken(config, server.tokenEndpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `Basic ${Buffer.from(`${config.clientId}:${secret}`).toString("base64")}`,
    },
    body: form,
  });
  const answer = (await response.json().catch(() => ({}))) as { access_token?: string; expires_in?: number };
  if (!response.ok || answer.access_token === undefined) {
    throw new AppEnvError("UNAUTHENTICATED", `${server.tokenEndpoint} gave no token (HTTP ${response.status}).`, {
      fix: "Check admin.clientId and the client's secret.",
    });
  }
  return { token: answer.access_token, lifetimeMs: (answer.expires_in ?? 3600) * 1000 };
}

async function readSecret(config: ClientConfig): Promise<string> {
  const { clientSecret, clientSecretEnvVar, clientSecretLocation } = config;
  if (clientSecret !== undefined) return clientSecret;
  const fromEnv = clientSecretEnvVar === undefined ? undefined : process.env[clientSecretEnvVar];
  if (fromEnv !== undefined) return fromEnv.trim();
  if (clientSecretLocation !== undefined) return (await readFile(clientSecretLocation, "utf8")).trim();
  throw new AppEnvError("INVALID_CONFIG", "admin.authType is ClientSecret, but no secret is set.", {
    fix: "Set admin.clientSecretEnvVar or admin.clientSecretLocation, or FLYTE_API_KEY.",
  });
}

/** Keeps a token until a minute before it ends; calls at the same time share one request. */
function cached(load: () => Promise<Token>): TokenSource & { header: string } {
  let current: Promise<Token> | undefined;
  let endsAt = 0;
  const loadToken = async (): Promise<string> => {
    const pending = load();
    current = pending;
    endsAt = Number.POSITIVE_INFINITY;
    try {
      const { token, lifetimeMs } = await pending;
      endsAt = Date.now() + lifetimeMs - Math.min(60_000, lifetimeMs / 2);
      return token;
    } catch (error) {
      current = undefined;
      throw error;
    }
  };
  return {
    header: "authorization",
    get: async () => (current !== undefined && Date.now() < endsAt ? (await current).token : loadToken()),
    renew: async (refused) => {
      // Several calls may have been refused with one token.
      const latest = (await current)?.token;
      return latest === undefined || latest === refused ? loadToken() : latest;
    },
  };
}
