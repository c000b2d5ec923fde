import type { IncomingMessage } from "node:http";
import { hashKey } from "../store/api-key-table.ts";
import { hostName, isLoopback } from "./address.ts";

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** Who may use the API. */
export interface AccessRules {
  /** The address the server is bound to. */
  readonly host: string;
  /** SHA-256, hex, of the API keys that are accepted. */
  readonly keyHashes: () => ReadonlySet<string>;
}

/** A page is looked at, a form on a page is sent, and everything else is a call of a program. */
export type RequestKind = "page" | "form" | "call";

/**
 * Decides whether a request is served.
 *
 * A web page that the user has open must not command the platform: a foreign `Origin` is refused, and so is a `Host`
 * that is not this machine's name, by which a page reaches it through a name server of its own (DNS rebinding).
 * On a public address a request needs an API key, unless it comes from this machine and to it by a local name.
 */
export function checkAccess(request: IncomingMessage, kind: RequestKind, rules: AccessRules): Refusal | undefined {
  const authority = authorityOf(request);
  const name = hostName(authority);
  if (name === undefined) return { status: 403, message: "The request has no valid Host header." };
  if (kind !== "page" && !isSameOrigin(request, authority ?? "", kind)) {
    return { status: 403, message: "Requests from web pages of another origin are refused." };
  }
  const local = isLoopback(name);
  if (isLoopback(rules.host)) return local || name === rules.host ? undefined : foreignHost(name);
  if (local && isFromHere(request)) return undefined;
  if (hasKey(request, kind, rules.keyHashes())) return undefined;
  return { status: 401, message: "An API key is needed: `Authorization: Bearer KEY`." };
}

/** Whether a request was sent by a process of this machine, and not passed on by a proxy. */
export function isFromHere(request: IncomingMessage): boolean {
  const { "x-forwarded-for": forwardedFor, forwarded } = request.headers;
  return isLoopback(request.socket.remoteAddress ?? "") && forwardedFor === undefined && forwarded === undefined;
}

function authorityOf({ headers }: IncomingMessage): string | undefined {
  const pseudo = headers[":authority"];
  return typeof pseudo === "string" ? pseudo : headers.host;
}

/** Programs send no origin. A form is sent by a browser, which always tells it. */
function isSameOrigin({ headers }: IncomingMessage, authority: string, kind: RequestKind): boolean {
  if (headers.origin === undefined) return kind !== "form";
  return headers.origin === `http://${authority}`;
}

function foreignHost(name: string): Refusal {
  return { status: 403, message: `The platform serves this machine only, and not as '${name.slice(0, 100)}'.` };
}

function hasKey(request: IncomingMessage, kind: RequestKind, hashes: ReadonlySet<string>): boolean {
  const [scheme = "", credentials = ""] = (request.headers.authorization ?? "").split(" ", 2);
  if (scheme.toLowerCase() === "bearer") return hashes.has(hashKey(credentials));
  // A browser asks its user for a password: any user name, and the key.
  if (scheme.toLowerCase() !== "basic" || kind === "call") return false;
  const [, password = ""] = /^[^:]*:(.*)$/s.exec(Buffer.from(credentials, "base64").toString("utf8")) ?? [];
  return hashes.has(hashKey(password));
}
