import { AppEnvError } from "@appenv/core";
import { importTool, type ClientInternals } from "@appenv/core/internal";
import { nameOrganization } from "@appenv/protocol";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import type { Env } from "../storage/storage.ts";

/**
 * The calls to the backend, with the credentials that it has given the container, if it wants any.
 *
 * @throws AppEnvError START_FAILED if it is not told where the backend is.
 */
export async function openTransport(env: Env): Promise<Transport> {
  const endpoint = endpointOf(env);
  return createConnectTransport({
    baseUrl: endpoint,
    httpVersion: "1.1",
    // A backend may accept and never answer. Streams end by it too, and are opened again.
    defaultTimeoutMs: 120_000,
    interceptors: [nameOrganization(env["_U_ORG_NAME"]), ...(await credentialsFor(endpoint, env))],
  });
}

/** A backend without credentials says so; the client's code is not loaded then. */
async function credentialsFor(endpoint: string, env: Env): Promise<readonly Interceptor[]> {
  if (env["_U_INSECURE"] === "true") return [];
  const client = await importTool<ClientInternals>("@appenv/client/internal");
  return (await client.credentialsFor(endpoint)) as readonly Interceptor[];
}

/** The backend's address, given without a scheme. */
function endpointOf(env: Env): string {
  const endpoint = env["_U_EP_OVERRIDE"] ?? "";
  if (endpoint === "")
    throw new AppEnvError("START_FAILED", "A task's container was started without the env var _U_EP_OVERRIDE.");
  if (/^https?:\/\//.test(endpoint)) return endpoint;
  return `${env["_U_INSECURE"] === "true" ? "http" : "https"}://${endpoint.replace(/^dns:\/\/\//, "")}`;
}
