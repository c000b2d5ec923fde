import type { IncomingMessage } from "node:http";
import { problem, type Problem } from "./problem.ts";
import { replaceHeader } from "./auth/replace-header.ts";

const absolute = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#@]*)(.*)$/is;

/**
 * Makes `GET http://host/path` the request `GET /path` of that host (RFC 9112, section 3.2.2), before anybody looks at
 * it: open paths, extensions and the app all decide by the path alone. The path stays as it was sent.
 */
export function readTarget(request: IncomingMessage): void {
  const { url = "/" } = request;
  // "*" is the target of OPTIONS for the server as a whole.
  if (url.startsWith("/") || url === "*") return;
  const [, host = "", path = ""] = absolute.exec(url) ?? [];
  if (host === "") return;
  replaceHeader(request, "Host", host);
  request.url = path.startsWith("/") ? path : `/${path}`;
}

/** Why an upgrade is refused whose Host is none; frameworks make a URL of it. */
export const badHost: Problem = problem(400, "BAD_REQUEST", "The request's header Host is no host.");

/** Whether the Host of a request can stand in a URL. */
export function hasHost({ headers: { host } }: IncomingMessage): boolean {
  return host === undefined || (!/[\s/?#@\\]/.test(host) && URL.canParse(`http://${host}/`));
}
