import type { IncomingMessage } from "node:http";
import { readCookie } from "./cookie.ts";

/** A page is looked at; everything else is a call, of a program or of the console's script. */
export type RequestKind = "page" | "call";

/**
 * The session's id in a request's cookie, if the request is one of the platform's own pages. A browser adds cookies to
 * requests that other pages make, as far as `SameSite=Strict` lets it: those of the same host, for example of an app on another
 * port. So a request that can change something must tell its origin, which was compared before, and any other but that of a
 * page must not come from elsewhere, where the browser says so.
 */
export function cookieFor(request: IncomingMessage, kind: RequestKind): string | undefined {
  const cookie = readCookie(request);
  if (cookie === undefined) return undefined;
  const { method, headers } = request;
  const { origin, "sec-fetch-site": site = "none" } = headers;
  const reads = method === "GET" || method === "HEAD";
  if (!reads && origin === undefined) return undefined;
  // A page without TLS may have been changed on its way.
  if (origin !== undefined && origin.startsWith("https:") !== cookie.secure) return undefined;
  return kind === "page" || site === "same-origin" || site === "none" ? cookie.id : undefined;
}
