import { AppEnvError } from "@appenv/core";
import type * as OAuth from "oauth4webapi";
import type { ClientConfig } from "../config/config.ts";
import { isLoopback } from "../control-plane/request-at.ts";
import type { LoginServer } from "./login-server.ts";
import { fetchToken } from "./token-fetch.ts";

/** Tokens as an authorization server gives them. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Milliseconds since 1970. Undefined if the server does not say. */
  readonly expiresAt?: number;
}

/** As much of the authorization server as a grant needs. */
export type GrantServer = Pick<LoginServer, "issuer" | "tokenEndpoint" | "clientId"> & Partial<LoginServer>;

/** OAuth's library with the arguments that all its calls take. It is loaded when a token is needed: it costs 5 ms. */
export interface Grants {
  readonly oauth: typeof OAuth;
  readonly server: OAuth.AuthorizationServer;
  readonly client: OAuth.Client;
  /** These clients have no secret. */
  readonly auth: OAuth.ClientAuth;
  readonly options: OAuth.TokenEndpointRequestOptions;
}

/** Prepares grants by an authorization server. */
export async function grantsOf(server: GrantServer, config: ClientConfig): Promise<Grants> {
  const oauth = await import("oauth4webapi");
  return {
    oauth,
    server: {
      issuer: server.issuer || new URL(server.tokenEndpoint).origin,
      token_endpoint: server.tokenEndpoint,
      ...(server.deviceEndpoint ? { device_authorization_endpoint: server.deviceEndpoint } : {}),
    },
    client: { client_id: server.clientId },
    auth: oauth.None(),
    options: {
      [oauth.customFetch]: (url, init) => fetchToken(config, url, init),
      [oauth.allowInsecureRequests]: isLoopback(server.tokenEndpoint),
    },
  };
}

/** The parameters of a request that say what is asked for. */
export function askedFor({ scopes, audience }: LoginServer): Record<string, string> {
  return {
    ...(scopes.length > 0 ? { scope: scopes.join(" ") } : {}),
    ...(audience === "" ? {} : { audience }),
  };
}

/**
 * Tokens by a refresh token; undefined if that is not valid any more.
 *
 * @throws AppEnvError UNAUTHENTICATED for any other refusal, UNREACHABLE.
 */
export async function refreshTokens(
  server: GrantServer,
  config: ClientConfig,
  refreshToken: string,
): Promise<Tokens | undefined> {
  const { oauth, server: as, client, auth, options } = await grantsOf(server, config);
  try {
    const response = await oauth.refreshTokenGrantRequest(as, client, auth, refreshToken, options);
    const tokens = readTokens(await oauth.processRefreshTokenResponse(as, client, await withoutIdToken(response)));
    // A server that does not rotate them sends none.
    return { refreshToken, ...tokens };
  } catch (error) {
    if (refusalOf(error) === "invalid_grant") return undefined;
    throw loginError(error);
  }
}

/** Reads an answer of the token endpoint. */
export function readTokens(answer: OAuth.TokenEndpointResponse): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = answer;
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(seconds === undefined ? {} : { expiresAt: Date.now() + seconds * 1000 }),
  };
}

/**
 * The answer without its ID token, which nobody reads here: checking it would refuse logins to control planes that name
 * their issuer not quite as it names itself, which Flyte's own client lets pass.
 */
export async function withoutIdToken(response: Response): Promise<Response> {
  if (!response.ok) return response;
  const { id_token: _, ...rest } = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return Response.json(rest);
}

/** Maps a refusal by the authorization server, of which no more than OAuth's own words are shown. */
export async function asking<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw loginError(error);
  }
}

function loginError(error: unknown): unknown {
  if (AppEnvError.is(error)) return error;
  const { error: code, error_description: why, message } = error as Partial<OAuth.ResponseBodyError>;
  const text = code === undefined ? message : `${code}${why === undefined ? "" : ` (${why})`}`;
  return new AppEnvError("UNAUTHENTICATED", `The authorization server gave no token: ${text}.`, {
    fix: "Run `appenv login` again; if it goes on, show this to those who run the control plane.",
    // The library's error holds the whole answer.
    cause: undefined,
  });
}

/** OAuth's own word for a refusal, such as `authorization_pending`. */
export function refusalOf(error: unknown): string | undefined {
  const { error: code } = (error ?? {}) as { error?: unknown };
  return typeof code === "string" ? code : undefined;
}
