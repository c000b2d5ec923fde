import type { Interceptor, Transport } from "@connectrpc/connect";
import type { ClientConfig } from "../config/config.ts";
import { isLoopback } from "../control-plane/request-at.ts";
import { authenticate, explainPassthrough } from "../transport/auth.ts";
import { clientSecretToken, commandToken, staticToken } from "../transport/token-source.ts";
import { discoverLogin } from "./login-server.ts";
import { loginFile } from "./login-store.ts";
import { LoginTokens } from "./login-tokens.ts";

/** The logins of this process, so that all its transports share one refresh. */
const logins: Map<string, LoginTokens> = new Map();

/**
 * The credentials that the configuration states, or those of a stored login: Flyte's default is a login by the browser.
 * Flyte's clients send none with `admin.insecure`; and a stored login never leaves this machine without TLS.
 *
 * @param open - Opens a transport without credentials, to ask the control plane where its tokens come from.
 */
export function configuredCredentials(endpoint: string, config: ClientConfig, open: () => Transport): Interceptor[] {
  if (config.bearerToken !== undefined) return [authenticate(staticToken(config.bearerToken))];
  if (config.insecure) return [];
  switch (config.authType) {
    case "ClientSecret":
      return [authenticate(clientSecretToken(config, () => discoverLogin(open(), config)))];
    case "ExternalCommand":
      return [authenticate(commandToken(config.command))];
    case "Passthrough":
      return [explainPassthrough()];
    default: {
      const tokens = storedLogin(endpoint, config, open);
      return tokens === undefined ? [] : [authenticate(tokens)];
    }
  }
}

/** The stored login whose tokens calls are sent with; undefined if they have other credentials, or none. */
export function storedLogin(endpoint: string, config: ClientConfig, open: () => Transport): LoginTokens | undefined {
  if (!isByLogin(config) || !takesLogin(endpoint)) return undefined;
  const key = `${loginFile(endpoint, config)} ${config.authType}`;
  const tokens = logins.get(key) ?? new LoginTokens(endpoint, config, open);
  logins.set(key, tokens);
  return tokens;
}

/** Tells whether a person logs in; else the configuration has the credentials, or states that none are sent. */
export function isByLogin({ bearerToken, insecure, authType = "Pkce" }: ClientConfig): boolean {
  return bearerToken === undefined && !insecure && (authType === "Pkce" || authType === "DeviceFlow");
}

/** Tells whether a stored login may be sent to an endpoint. */
export function takesLogin(endpoint: string): boolean {
  return !endpoint.startsWith("unix:") && (endpoint.startsWith("https:") || isLoopback(endpoint));
}

/** The token of a proxy before the control plane, by `admin.proxyCommand`. Source: flyte-sdk `create_proxy_auth_interceptors`. */
export function proxyCredentials({ proxyCommand }: ClientConfig): Interceptor[] {
  if (proxyCommand === undefined) return [];
  return [authenticate({ ...commandToken(proxyCommand, "admin.proxyCommand"), header: "proxy-authorization" })];
}
