import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { AppEnvError } from "@appenv/core";
import type { ClientConfig } from "../config/config.ts";
import { tlsOptions } from "./tls-options.ts";

/** A request for a token. */
export interface TokenRequest {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | string | null | undefined;
}

const mostBytes = 1024 * 1024;
const limitMs = 10_000;

/**
 * Makes requests for tokens with the certificates and the proxy of the configuration, which `fetch` cannot take. A redirect
 * is not followed: a client's secret is for one address alone.
 *
 * @throws AppEnvError UNREACHABLE, without the query, which may hold a code.
 */
export async function fetchToken(config: ClientConfig, url: string, init: TokenRequest): Promise<Response> {
  const { origin, pathname } = new URL(url);
  const response = await send(config, url, init).catch((error: unknown) => {
    throw AppEnvError.from(error, "UNREACHABLE", `${origin}${pathname}, which gives the tokens, does not answer`);
  });
  // It says nothing about the login, which must not be lost by it.
  if (response.status !== 429 && response.status < 500) return response;
  throw new AppEnvError(
    "UNREACHABLE",
    `${origin}${pathname}, which gives the tokens, answered HTTP ${response.status}.`,
    {
      fix: "Try again in a while.",
    },
  );
}

async function send(
  config: ClientConfig,
  url: string,
  { method = "GET", headers, body }: TokenRequest,
): Promise<Response> {
  const isHttps = url.startsWith("https:");
  const agent = isHttps
    ? new HttpsAgent({ ...tlsOptions(config), ...proxyOptions(config) })
    : new HttpAgent(proxyOptions(config));
  const options = { method, agent, headers: { ...headers, connection: "close" }, signal: AbortSignal.timeout(limitMs) };
  const sent = isHttps ? requestHttps(url, options) : requestHttp(url, options);
  const answered = Promise.withResolvers<IncomingMessage>();
  sent.once("response", answered.resolve).once("error", answered.reject);
  sent.end(body === null || body === undefined ? undefined : String(body));
  const response = await answered.promise;
  const { "content-type": type = "application/json" } = response.headers;
  return new Response(await read(response), { status: response.statusCode ?? 500, headers: { "content-type": type } });
}

async function read(response: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new Error(`it answered with more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Node's agents speak to proxies since 22.21 and 24.5. */
function proxyOptions({ httpProxyUrl }: ClientConfig): object {
  if (httpProxyUrl === undefined) return {};
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 21) || (major === 24 && minor < 5)) {
    throw new AppEnvError(
      "UNSUPPORTED",
      `admin.httpProxyURL is set, and Node ${process.versions.node} speaks to no proxy.`,
      {
        fix: "Use Node 24.5 or newer.",
      },
    );
  }
  return { proxyEnv: { HTTP_PROXY: httpProxyUrl, HTTPS_PROXY: httpProxyUrl } };
}
