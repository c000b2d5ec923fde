import { AppEnvError } from "@appenv/core";
import { AuthMetadataService } from "@appenv/protocol";
import { createClient, type Transport } from "@connectrpc/connect";
import type { ClientConfig } from "../config/config.ts";
import { isLoopback } from "../control-plane/request-at.ts";

/** The authorization server of a control plane, and this client's place there, as the control plane tells them. */
export interface LoginServer {
  /** Empty if the control plane does not say. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly authorizationEndpoint: string;
  /** Empty: there is no device flow. */
  readonly deviceEndpoint: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Empty: none is asked for. */
  readonly audience: string;
  /** The header that tokens are sent in. */
  readonly header: string;
}

/**
 * Asks a control plane where its tokens come from, without credentials. `admin.clientId` and `admin.scopes` win over its
 * answers. Source: flyte-sdk `RemoteClientConfigStore`.
 *
 * @throws AppEnvError UNSUPPORTED if it has no authorization server, or one without TLS; UNREACHABLE.
 */
export async function discoverLogin(transport: Transport, config: ClientConfig): Promise<LoginServer> {
  const client = createClient(AuthMetadataService, transport);
  const [server, own] = await Promise.all([client.getOAuth2Metadata({}), client.getPublicClientConfig({})]).catch(
    (error: unknown) => {
      throw AppEnvError.is(error, "UNSUPPORTED") ? noServer(error) : error;
    },
  );
  // The answer of AppEnv's own platform, which knows keys alone.
  if (server.tokenEndpoint === "") throw noServer(undefined);
  return {
    issuer: server.issuer,
    tokenEndpoint: checkUrl("token endpoint", server.tokenEndpoint),
    authorizationEndpoint: server.authorizationEndpoint,
    deviceEndpoint: server.deviceAuthorizationEndpoint,
    clientId: config.clientId ?? own.clientId,
    redirectUri: own.redirectUri,
    scopes: config.scopes.length > 0 ? config.scopes : own.scopes,
    audience: own.audience,
    header: own.authorizationMetadataKey || "authorization",
  };
}

/**
 * Checks an address of the authorization server. Secrets and codes are sent to these, and a browser opens one: no file, no other
 * program, and nothing without TLS.
 *
 * @throws AppEnvError UNSUPPORTED.
 */
export function checkUrl(name: string, url: string): string {
  const { protocol } = URL.parse(url) ?? {};
  if (protocol === "https:" || (protocol === "http:" && isLoopback(url))) return url;
  throw new AppEnvError(
    "UNSUPPORTED",
    `The control plane names '${url}' as its ${name}, which is no address with TLS.`,
    {
      fix: "Show this to those who run the control plane.",
    },
  );
}

function noServer(cause: unknown): AppEnvError {
  return new AppEnvError(
    "UNSUPPORTED",
    "The control plane names no authorization server, so nobody can log in to it.",
    {
      fix: "If it wants a token, set FLYTE_API_KEY, or `admin.authType` to ExternalCommand and `admin.command`.",
      cause,
    },
  );
}
