import type { IncomingMessage, ServerResponse } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { readBody } from "@appenv-internal/http/read-body";
import { hashKey, type AcceptedKey } from "../../../state/api-key-table.ts";
import { localUser } from "../../identity/local-user.ts";
import { sendRefusal } from "../../rpc/answer-error.ts";
import type { Audit } from "../audit.ts";
import type { KeyLimit } from "../key-limit.ts";
import type { OpenRequests } from "../open-requests.ts";
import { personOf, type Principal } from "../principal.ts";
import { cookieOf, removedCookies } from "./cookie.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { SignInLimit } from "./sign-in-limit.ts";

/** The path at which a browser signs in and out, and asks as whom it has. */
export const sessionPath = "/appenv/session";

/** The parts that sign people in. */
export interface SignIn {
  readonly sessions: Sessions;
  readonly limit: SignInLimit;
  /** Limits guesses of keys in headers. */
  readonly keyLimit: KeyLimit;
  readonly audit: Audit;
  /** The requests of people with a credential, which end with it. */
  readonly openRequests: OpenRequests;
  /** The accepted key with this hash. */
  readonly keyOf: (hash: string) => AcceptedKey | undefined;
}

/** The caller of a session's path. */
export interface SessionCaller {
  /** Undefined: nobody knows. */
  readonly principal: Principal | undefined;
  /** True if the request came over TLS. */
  readonly secure: boolean;
}

const limits = { bytes: 4_096, ms: 10_000 };

/** GET says who has signed in, POST of `{ "key" }` signs in, DELETE signs out. Origin and host were checked before. */
export async function handleSession(
  request: IncomingMessage,
  response: ServerResponse,
  signIn: SignIn,
  caller: SessionCaller,
): Promise<void> {
  response.setHeader("cache-control", "no-store");
  switch (request.method) {
    case "GET":
      return tell(response, caller);
    case "POST":
      return await begin(request, response, signIn, caller);
    case "DELETE":
      return end(request, response, signIn, caller);
    default:
      response.setHeader("allow", "GET, POST, DELETE");
      return refuse(response, 405, Code.Unimplemented, "A session takes GET, POST and DELETE.");
  }
}

function tell(response: ServerResponse, { principal }: SessionCaller): void {
  if (principal === undefined) return refuseUnknown(response, "Sign in with an API key.");
  if (principal.kind === "app") {
    return refuse(response, 403, Code.PermissionDenied, "The token of an app has no session.");
  }
  const { by } = principal;
  if (by === undefined) return sendJson(response, { name: localUser(), role: "admin", method: "local" });
  return sendJson(response, describe(by.key, by.session));
}

/** A key that is sent along with each request has no end of its own. */
function describe({ name, role }: AcceptedKey, session: Session | undefined): object {
  if (session === undefined) return { name, role, method: "api-key" };
  return { name, role, method: "session", expiresAt: session.endsAt };
}

async function begin(
  request: IncomingMessage,
  response: ServerResponse,
  { sessions, limit, keyOf, audit }: SignIn,
  { principal, secure }: SessionCaller,
): Promise<void> {
  // A page of another site cannot send this type without asking first.
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    return refuse(response, 415, Code.InvalidArgument, "Send the key with the content type application/json.");
  }
  const text = await readKey(request);
  if (response.destroyed) return;
  if (text === undefined) return refuse(response, 400, Code.InvalidArgument, 'Send JSON with the text "key".');
  const wait = await limit.count(request);
  if (wait > 0) {
    response.setHeader("retry-after", String(wait));
    const message = `There were too many attempts with wrong keys; the next one is taken in ${wait} s.`;
    return refuse(response, 429, Code.ResourceExhausted, message);
  }
  const key = keyOf(hashKey(text));
  const [who, method] = [key === undefined ? undefined : personOf({ key }), "sign in"];
  audit.write({ principal: who, method }, key === undefined ? "refused" : "ok");
  if (key === undefined) return refuseUnknown(response, "This is no key of this platform, or it was revoked.");
  await limit.forgive(request);
  endOf(principal, sessions);
  const { id, session } = sessions.start(key.hash);
  const overTls = secure || (request.headers.origin?.startsWith("https:") ?? false);
  response.setHeader("set-cookie", cookieOf(request, { id, secure: overTls }));
  return sendJson(response, describe(key, session));
}

async function readKey(request: IncomingMessage): Promise<string | undefined> {
  const { body } = await readBody(request, limits);
  try {
    const { key } = JSON.parse(body?.toString("utf8") ?? "") as { key?: unknown };
    return typeof key === "string" ? key.trim() : undefined;
  } catch {
    return undefined;
  }
}

function end(
  request: IncomingMessage,
  response: ServerResponse,
  { sessions, audit }: SignIn,
  { principal }: SessionCaller,
): void {
  if (endOf(principal, sessions)) audit.write({ principal, method: "sign out" }, "ok");
  response.setHeader("set-cookie", [...removedCookies(request)]);
  response.writeHead(204).end();
}

/** Ends the session of the caller, if there is one: a browser has one at a time. */
function endOf(principal: Principal | undefined, sessions: Sessions): boolean {
  const hash = principal === undefined || principal.kind === "app" ? undefined : principal.by?.session?.hash;
  if (hash === undefined) return false;
  sessions.end(hash);
  return true;
}

function refuseUnknown(response: ServerResponse, message: string): void {
  response.setHeader("www-authenticate", "Bearer");
  refuse(response, 401, Code.Unauthenticated, message);
}

function refuse(response: ServerResponse, status: number, code: Code, message: string): void {
  sendRefusal(response, status, new ConnectError(message, code));
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(`${JSON.stringify(value)}\n`);
}
