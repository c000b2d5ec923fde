import { AppEnvError } from "@appenv/core";
import { AuthMetadataService } from "@appenv/protocol";
import { createClient, type Transport } from "@connectrpc/connect";
import type { ClientConfig } from "../config/config.ts";

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
 * @throws AppEnvError UNSUPPORTED if it has no authorization server, UNREACHABLE.
 */
export async function discoverLogin(transport: Transport, config: ClientConfig): Promise<LoginServer> {
  const client = createClient(AuthMetadataService, transport);
  try {
    const [server, own] = await Promise.all([client.getOAuth2Metadata({}), client.getPublicClientConfig({})]);
    return {
      issuer: server.issuer,
      tokenEndpoint: server.tokenEndpoint,
      authorizationEndpoint: server.authorizationEndpoint,
      deviceEndpoint: server.deviceAuthorizationEndpoint,
      clientId: config.clientId ?? own.clientId,
      redirectUri: own.redirectUri,
      scopes: config.scopes.length > 0 ? config.scopes : own.scopes,
      audience: own.audience,
      header: own.authorizationMetadataKey || "authorization",
    };
  } catch (error) {
    if (!AppEnvError.is(error, "UNSUPPORTED")) throw error;
    throw new AppEnvError(
      "UNSUPPORTED",
      "The control plane names no authorization server, so nobody can log in to it.",
      {
        fix: "If it wants a token, set FLYTE_API_KEY, or `admin.authType` to ExternalCommand and `admin.command`.",
        cause: error,
      },
    );
  }
}
