import type { IncomingMessage } from "node:http";

const prefix = "/-/token/";

/**
 * The endpoint that carries the token of a program: Flyte's SDKs, and other clients of its API, put the names of services
 * and methods behind it, and send no credentials where there is no TLS.
 */
export function endpointWithToken(endpoint: string, token: string): string {
  return `${endpoint}${prefix}${token}`;
}

/** Takes the token of an app or a program out of a request's path, as if it were in the header. */
export function takePathToken(request: IncomingMessage): void {
  const [, token, rest] = /^\/-\/token\/(apt_[\w.-]+)(\/.*)$/s.exec(request.url ?? "") ?? [];
  if (token === undefined) return;
  request.headers.authorization = `Bearer ${token}`;
  request.url = rest;
}
