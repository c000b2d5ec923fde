import { connect as connectSocket } from "node:net";
import { nameOrganization } from "@appenv/protocol";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import type { ClientConfig } from "../config/config.ts";
import { baseUrlOf, isLoopback, socketOf } from "../control-plane/request-at.ts";
import { askForLogin } from "../login/ask-for-login.ts";
import { configuredCredentials, proxyCredentials, storedLogin } from "../login/credentials.ts";
import { tlsOptions } from "../login/tls-options.ts";
import { authenticate, forCaller } from "./auth.ts";
import { mapErrors } from "./errors.ts";
import { callLimits, limitCalls, type CallLimits } from "./limits.ts";
import { organizationOf } from "./organization.ts";
import { retryReads } from "./retry.ts";
import { staticToken } from "./token-source.ts";

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
  const interceptors = [organization, retryReads(), ...credentials(endpoint, config, token)];
  const limited = limitCalls(connectTransport(endpoint, config, interceptors), endpoint, limits);
  const login = token === undefined ? storedLogin(endpoint, config, openTransport(endpoint, config)) : undefined;
  return mapErrors(login === undefined ? limited : askForLogin(limited, login), endpoint);
}

/** The same for streams in both directions, which need HTTP/2, and say nothing while there is nothing to say. */
export function createDuplexTransport(endpoint: string, config: ClientConfig, token?: string): Transport {
  return mapErrors(connectTransport(endpoint, config, credentials(endpoint, config, token), "2"), endpoint);
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

function credentials(endpoint: string, config: ClientConfig, token: string | undefined): Interceptor[] {
  const own = token === undefined ? ownCredentials(endpoint, config) : [authenticate(staticToken(token))];
  return [forCaller(own, isForCallers(endpoint, config)), ...proxyCredentials(config)];
}

/** Credentials of callers are for the configured control plane, and travel in clear on this machine only. */
function isForCallers(endpoint: string, { endpoint: configured }: ClientConfig): boolean {
  const isConfigured = configured === undefined || originOf(configured) === originOf(endpoint);
  return isConfigured && (endpoint.startsWith("https:") || isLoopback(endpoint));
}

function originOf(endpoint: string): string {
  return socketOf(endpoint) === undefined ? new URL(endpoint).origin : endpoint;
}

/** As `ClientInternals` of `@appenv/core` says. @throws AppEnvError INVALID_CONFIG. */
export async function credentialsFor(endpoint: string): Promise<readonly Interceptor[]> {
  const { loadConfig } = await import("../config/config.ts");
  return ownCredentials(endpoint, await loadConfig());
}

function ownCredentials(endpoint: string, config: ClientConfig): Interceptor[] {
  return configuredCredentials(endpoint, config, openTransport(endpoint, config));
}

function openTransport(endpoint: string, config: ClientConfig): () => Transport {
  return () => createOpenTransport(endpoint, config);
}

/** A transport without credentials, to ask a control plane where its tokens come from. */
export function createOpenTransport(endpoint: string, config: ClientConfig): Transport {
  const interceptors = [retryReads(), ...proxyCredentials(config)];
  return mapErrors(limitCalls(connectTransport(endpoint, config, interceptors), endpoint, callLimits()), endpoint);
}
