import { readFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { AppEnvError } from "@appenv/core";
import { AuthMetadataService, nameOrganization } from "@appenv/protocol";
import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import type { ClientConfig } from "../config/config.ts";
import { baseUrlOf, socketOf } from "../control-plane/request-at.ts";
import { authenticate, explainLogin, forCaller } from "./auth.ts";
import { mapErrors } from "./errors.ts";
import { callLimits, limitCalls, type CallLimits } from "./limits.ts";
import { organizationOf } from "./organization.ts";
import { retryReads } from "./retry.ts";
import { clientSecretToken, commandToken, staticToken, type TokenServer } from "./token-source.ts";

/**
 * The calls to one control plane: Connect over HTTP/1.1, with the configured credentials and TLS.
 *
 * @param token - The token of a platform on this machine, which is sent in place of the configured credentials.
 * @param limits - Default: those of the process.
 */
export function createTransport(
  endpoint: string,
  config: ClientConfig,
  token?: string,
  limits: CallLimits = callLimits(),
): Transport {
  const organization = nameOrganization(organizationOf(endpoint, config));
  const interceptors = [organization, retryReads(), credentials(endpoint, config, token)];
  return mapErrors(limitCalls(connectTransport(endpoint, config, interceptors), endpoint, limits), endpoint);
}

/** The same for streams in both directions, which need HTTP/2, and say nothing while there is nothing to say. */
export function createDuplexTransport(endpoint: string, config: ClientConfig, token?: string): Transport {
  return mapErrors(connectTransport(endpoint, config, [credentials(endpoint, config, token)], "2"), endpoint);
}

function connectTransport(
  endpoint: string,
  config: ClientConfig,
  interceptors: Interceptor[],
  httpVersion: "1.1" | "2" = "1.1",
): Transport {
  return createConnectTransport({
    baseUrl: baseUrlOf(endpoint),
    httpVersion,
    interceptors,
    // On this machine, to compress an answer takes longer than to send it.
    ...(isLoopback(endpoint) ? { acceptCompression: [] } : {}),
    nodeOptions: nodeOptionsOf(endpoint, config, httpVersion),
  });
}

function nodeOptionsOf(endpoint: string, config: ClientConfig, httpVersion: "1.1" | "2"): object {
  const socketPath = socketOf(endpoint);
  if (socketPath === undefined) return endpoint.startsWith("https:") ? tlsOptions(config) : {};
  return httpVersion === "1.1" ? { socketPath } : { createConnection: () => connectSocket(socketPath) };
}

function isLoopback(endpoint: string): boolean {
  return (
    socketOf(endpoint) !== undefined || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(endpoint).hostname)
  );
}

function tlsOptions({ insecureSkipVerify, caCertFilePath }: ClientConfig): {
  rejectUnauthorized?: boolean;
  ca?: string;
} {
  return {
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
    ...(caCertFilePath === undefined ? {} : { ca: readCertificate(caCertFilePath) }),
  };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw AppEnvError.from(error, "INVALID_CONFIG", `admin.caCertFilePath ${file} cannot be read`);
  }
}

function credentials(endpoint: string, config: ClientConfig, token: string | undefined): Interceptor {
  const own = token === undefined ? ownCredentials(endpoint, config) : [authenticate(staticToken(token))];
  return forCaller(own, isForCallers(endpoint, config));
}

/** Credentials of callers are for the configured control plane, and travel in clear on this machine only. */
function isForCallers(endpoint: string, { endpoint: configured }: ClientConfig): boolean {
  const isConfigured = configured === undefined || originOf(configured) === originOf(endpoint);
  return isConfigured && (endpoint.startsWith("https:") || isLoopback(endpoint));
}

function originOf(endpoint: string): string {
  return socketOf(endpoint) === undefined ? new URL(endpoint).origin : endpoint;
}

/** Flyte's clients send no credentials without TLS; neither does this one, so that none leak. */
function ownCredentials(endpoint: string, config: ClientConfig): Interceptor[] {
  if (config.bearerToken !== undefined) return [authenticate(staticToken(config.bearerToken))];
  if (config.insecure || config.authType === undefined) return [];
  switch (config.authType) {
    case "ClientSecret":
      return [authenticate(clientSecretToken(config, () => discover(endpoint, config)))];
    case "ExternalCommand":
      return [authenticate(commandToken(config.command))];
    default:
      return [explainLogin(config.authType)];
  }
}

async function discover(endpoint: string, config: ClientConfig): Promise<TokenServer> {
  const transport = limitCalls(connectTransport(endpoint, config, [retryReads()]), endpoint, callLimits());
  const client = createClient(AuthMetadataService, mapErrors(transport, endpoint));
  const [server, info] = await Promise.all([client.getOAuth2Metadata({}), client.getPublicClientConfig({})]);
  return {
    tokenEndpoint: server.tokenEndpoint,
    scopes: info.scopes,
    audience: info.audience,
    header: info.authorizationMetadataKey || "authorization",
  };
}
