import type { IncomingMessage, ServerResponse } from "node:http";
import { AppEnvError } from "@appenv/core";
import { unexpected } from "@appenv/core/internal";
import { checkHost, checkLimitedAccess, isAdmitted, type AccessRules, type Refusal } from "../access/check-access.ts";
import type { KeyLimit } from "../access/key-limit.ts";
import type { OpenRequests } from "../access/open-requests.ts";
import { livePath } from "./live-path.ts";
import type { LiveRequest } from "./live-request.ts";
import type { LiveCaller } from "./read-live.ts";
import { takeReadToken } from "./read-tokens.ts";

/** Needs of letting readers in. */
export interface LiveOptions {
  readonly access: AccessRules;
  readonly signIn: { readonly keyLimit: KeyLimit; readonly openRequests: OpenRequests };
  /** Opens the runtime of tasks with the first reader. */
  readonly tasks: () => Promise<{ readonly live: (live: LiveRequest, caller: LiveCaller) => Promise<void> }>;
}

/** Tells whether a path is one of a run or a stream that is read live. */
export function isLivePath(path: string): boolean {
  return path.startsWith(livePath);
}

/** Lets a reader in as any caller of the API, or by a token that reads one run, and answers over the transport it asks for. */
export function handleLive(live: LiveRequest, options: LiveOptions): void {
  const caller = admitReader(live, options);
  if ("status" in caller) return refuse(live, caller);
  options
    .tasks()
    .then((api) => api.live(live, caller))
    .catch((error: unknown) => failed(live, error));
}

function admitReader(live: LiveRequest, { access, signIn }: LiveOptions): LiveCaller | Refusal {
  const { request, connection } = live;
  const readToken = takeReadToken(request);
  if (readToken !== undefined) return checkHost(request, access) ?? { readToken };
  const principal = checkLimitedAccess(request, "call", access, signIn.keyLimit);
  if (!isAdmitted(principal)) return principal;
  const by = principal.kind === "app" ? undefined : principal.by;
  return by === undefined ? { principal } : { principal, ended: signIn.openRequests.add(connection, by) };
}

function refuse(live: LiveRequest, { status, message, retryAfter }: Refusal): void {
  const again = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
  live.refuse(status, message, { ...again, ...(status === 401 && { "WWW-Authenticate": "Bearer" }) });
}

function failed(live: LiveRequest, error: unknown): void {
  if (live.hasBegun()) {
    unexpected("Events could not be sent", error);
    return void live.connection.destroy();
  }
  const passes = AppEnvError.is(error, "DISK_FULL");
  const message = error instanceof Error ? error.message : "Tasks cannot be opened.";
  live.refuse(passes ? 503 : 500, message, passes ? { "Retry-After": "30" } : {});
}

/**
 * Answers a page of another origin that asks whether it may send a token: yes, and nothing but that, since without a token that
 * reads a run such a page is refused as everywhere.
 */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, access: AccessRules): void {
  const refusal = checkHost(request, access);
  if (refusal !== undefined) {
    response.writeHead(refusal.status, { "content-type": "text/plain; charset=utf-8" }).end(`${refusal.message}\n`);
    return;
  }
  response.writeHead(204, {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "authorization, last-event-id",
    "access-control-max-age": "600",
  });
  response.end();
}

/** Tells whether a request is the question of a browser whether a page may read from another origin. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}
