import type { IncomingMessage } from "node:http";

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

/** Answers true if the Host of a request can stand in a URL. */
export function hasHost({ headers: { host } }: IncomingMessage): boolean {
  return host === undefined || (!/[\s/?#@\\]/.test(host) && URL.canParse(`http://${host}/`));
}

/**
 * A header that few requests have, as it is in `request.headers`. That object is built when it is read, and many requests never
 * need it: this looks for the name first.
 *
 * @param name - In lower case.
 */
export function rareHeader(request: IncomingMessage, name: string): string | readonly string[] | undefined {
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? "";
    if (sent.length === name.length && sent.toLowerCase() === name) return request.headers[name];
  }
  return undefined;
}

/** The length of a request's body as its headers declare it: bytes, or "unknown" for a chunked one. */
export function declaredBody({ rawHeaders }: IncomingMessage): number | "unknown" {
  // Without `request.headers`, for the same reason.
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.length === 14 && name.toLowerCase() === "content-length") return Number(rawHeaders[index + 1]);
    if (name.length === 17 && name.toLowerCase() === "transfer-encoding") return "unknown";
  }
  return 0;
}

/** Gives a header of a request another value; an empty text removes it. @param name - As it is sent. */
export function replaceHeader(request: IncomingMessage, name: string, text: string): void {
  // Node makes both when they are first read, and counts on as many raw headers as there were.
  const { headers, headersDistinct, rawHeaders } = request;
  const lower = name.toLowerCase();
  delete headers[lower];
  delete headersDistinct[lower];
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === lower) rawHeaders.splice(index, 2);
  }
  if (text === "") return;
  headers[lower] = text;
  headersDistinct[lower] = [text];
  rawHeaders.push(name, text);
}

/** Answers true to an offer of HTTP/2, which some clients make with every request; a declined offer leaves a plain request. */
export function offersHttp2({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "h2c";
}
