import type { IncomingMessage } from "node:http";

const name = "appenv-session";
/** Browsers take a cookie with this prefix over TLS alone, from the host itself and for all of its paths. */
const securePrefix = "__Host-";

/** A session's id, as a request carries it. */
export interface SessionCookie {
  readonly id: string;
  /** True if only TLS carries it. */
  readonly secure: boolean;
}

/** The cookie of a request's session, if it has one. */
export function readCookie(request: IncomingMessage): SessionCookie | undefined {
  const own = nameFor(request);
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  for (const secure of [true, false]) {
    const start = `${secure ? securePrefix : ""}${own}=`;
    const id = pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
    if (id !== undefined && /^[\w-]{43}$/.test(id)) return { id, secure };
  }
  return undefined;
}

/** The value of `Set-Cookie` that keeps a session until its browser is closed, or the platform ends it. */
export function cookieOf(request: IncomingMessage, { id, secure }: SessionCookie): string {
  return `${secure ? securePrefix : ""}${nameFor(request)}=${id}; ${attributes(secure)}`;
}

/** The values of `Set-Cookie` that remove a session. */
export function removedCookies(request: IncomingMessage): readonly string[] {
  const own = nameFor(request);
  return [`${own}=; ${attributes(false)}; Max-Age=0`, `${securePrefix}${own}=; ${attributes(true)}; Max-Age=0`];
}

function attributes(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

/** Browsers share cookies among all ports of a host: two platforms on one machine have cookies of their own. */
function nameFor({ headers }: IncomingMessage): string {
  const pseudo = headers[":authority"];
  const port = /:(\d{1,5})$/.exec((typeof pseudo === "string" ? pseudo : headers.host) ?? "")?.[1];
  return port === undefined ? name : `${name}-${port}`;
}
