import type { IncomingMessage } from "node:http";
import { hashKey, type AcceptedKey } from "../../state/api-key-table.ts";
import { hostName, isLoopback } from "../rpc/address.ts";
import { isOwnUser } from "./peer-user.ts";
import { cameBySocket } from "./own-socket.ts";
import { owner, personOf, type AppPrincipal, type Holding, type Principal } from "./principal.ts";
import type { KeyLimit } from "./key-limit.ts";
import { cookieFor, type RequestKind } from "./session/cookie-rules.ts";
import type { Session } from "./session/sessions.ts";

/** The refusal of a request. */
export interface Refusal {
  readonly status: 401 | 403 | 429;
  readonly message: string;
  /** Of 429: the time until the next try, in seconds. */
  readonly retryAfter?: number;
}

/** The rules of access to the API. */
export interface AccessRules {
  /** The address the server is bound to. */
  readonly host: string;
  /** True if a proxy on this machine passes on requests of others: then no request counts as this machine's. Default false. */
  readonly behindProxy?: boolean;
  /** True if this user's own processes need a token over TCP too. Default false. */
  readonly requireToken?: boolean;
  /** The accepted key with this hash (SHA-256, hex); the token of the platform's owner is one. */
  readonly keyOf: (hash: string) => AcceptedKey | undefined;
  /** Called with the hash of the key that lets a request in. Default: nobody is told. */
  readonly onUse?: (hash: string) => void;
  /** The session with this id. Default: none. */
  readonly sessionOf?: (id: string) => Session | undefined;
  /** The app that a token belongs to. Default: none. */
  readonly appOf?: (token: string) => AppPrincipal | undefined;
}

/**
 * Decides whether a request is served, and for whom.
 *
 * A web page that the user has open must not command the platform: a foreign `Origin` is refused, and so is a `Host`
 * that is not this machine's name, with which a page reaches it through a name server of its own (DNS rebinding). Behind a
 * proxy and on a public address the machine has other names; there every request needs a key, which such a page has not.
 */
export function checkAccess(request: IncomingMessage, kind: RequestKind, rules: AccessRules): Principal | Refusal {
  const host = checkHost(request, rules);
  if (host !== undefined) return host;
  const authority = authorityOf(request);
  if (kind !== "page" && !isSameOrigin(request, authority ?? "", rules)) {
    return { status: 403, message: "Requests from web pages of another origin are refused." };
  }
  const principal = byCredential(request, kind, rules) ?? (isTrusted(request, rules) ? owner : undefined);
  return principal ?? { status: 401, message: "An API key or a token is needed: `Authorization: Bearer KEY`." };
}

/** Refuses a request that reaches the platform under a name that is not this machine's, unless it may have others. */
export function checkHost(request: IncomingMessage, rules: AccessRules): Refusal | undefined {
  const name = hostName(authorityOf(request));
  if (name === undefined) return { status: 403, message: "The request has no valid Host header." };
  return isPrivate(rules) && !isLoopback(name) && name !== rules.host ? foreignHost(name) : undefined;
}

/** Decides as `checkAccess`, and lets nobody guess keys: see `KeyLimit`. */
export function checkLimitedAccess(
  request: IncomingMessage,
  kind: RequestKind,
  rules: AccessRules,
  limit: KeyLimit,
): Principal | Refusal {
  const access = checkAccess(request, kind, rules);
  if (request.headers.authorization === undefined) return access;
  const wait = waitOf(request, access, limit);
  if (wait === 0) return access;
  const message = `There were too many attempts with wrong keys; the next one is looked at in ${wait} s.`;
  return { status: 429, message, retryAfter: wait };
}

function waitOf(request: IncomingMessage, access: Principal | Refusal, limit: KeyLimit): number {
  if (!isAdmitted(access)) return access.status === 401 ? limit.wrong(request) : 0;
  const hash = access.kind === "app" ? undefined : access.by?.key.hash;
  return hash === undefined ? 0 : limit.right(request, hash);
}

/** Tells whether a request was let in. */
export function isAdmitted(access: Principal | Refusal): access is Principal {
  return "kind" in access;
}

function isPrivate({ host, behindProxy = false }: AccessRules): boolean {
  return isLoopback(host) && !behindProxy;
}

/** Tells whether a request needs no credential: by the socket that only its owner can open, or of this user on this machine. */
function isTrusted(request: IncomingMessage, rules: AccessRules): boolean {
  if (isPassedOn(request)) return false;
  if (cameBySocket(request)) return true;
  if (!isPrivate(rules) || rules.requireToken === true) return false;
  return isLoopback(request.socket.remoteAddress ?? "") && isOwnUser(request);
}

/** Headers that proxies add, each in its own way. */
const addedByProxies = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

function isPassedOn({ headers }: IncomingMessage): boolean {
  return addedByProxies.some((name) => headers[name] !== undefined);
}

function authorityOf({ headers }: IncomingMessage): string | undefined {
  const pseudo = headers[":authority"];
  return typeof pseudo === "string" ? pseudo : headers.host;
}

/** Programs send no origin, and a browser always tells it when it posts; a proxy with TLS makes it https. */
function isSameOrigin({ headers: { origin } }: IncomingMessage, authority: string, rules: AccessRules): boolean {
  if (origin === undefined) return true;
  return origin === `http://${authority}` || (!isPrivate(rules) && origin === `https://${authority}`);
}

function foreignHost(name: string): Refusal {
  return { status: 403, message: `The platform serves this machine only, and not as '${name.slice(0, 100)}'.` };
}

function byCredential(request: IncomingMessage, kind: RequestKind, rules: AccessRules): Principal | undefined {
  if (request.headers.authorization === undefined) return bySession(request, kind, rules);
  const credential = credentialOf(request);
  if (credential === undefined) return undefined;
  const key = rules.keyOf(hashKey(credential));
  return rules.appOf?.(credential) ?? admitPerson(key === undefined ? undefined : { key }, rules);
}

function bySession(request: IncomingMessage, kind: RequestKind, rules: AccessRules): Principal | undefined {
  const id = cookieFor(request, kind);
  const session = id === undefined ? undefined : rules.sessionOf?.(id);
  const key = session === undefined ? undefined : rules.keyOf(session.keyHash);
  return admitPerson(session === undefined || key === undefined ? undefined : { key, session }, rules);
}

function admitPerson(by: Holding | undefined, { onUse }: AccessRules): Principal | undefined {
  if (by === undefined) return undefined;
  onUse?.(by.key.hash);
  return personOf(by);
}

function credentialOf({ headers }: IncomingMessage): string | undefined {
  const [scheme = "", credentials = ""] = (headers.authorization ?? "").split(" ", 2);
  return scheme.toLowerCase() === "bearer" ? credentials : undefined;
}
