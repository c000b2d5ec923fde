import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

const mostRedirects = 20;
const redirects = new Set([301, 302, 303, 307, 308]);
const bodyless = new Set([204, 205, 304]);

/** `fetch` through a socket in the file system. What leads to another origin goes there over the network. */
export async function fetchThrough(socketPath: string, origin: string, request: Request): Promise<Response> {
  let current = request;
  for (let count = 0; count <= mostRedirects; count += 1) {
    if (new URL(current.url).origin !== origin) return fetch(current);
    // A body can be sent once; a redirect that keeps the method needs it again.
    const again = current.clone();
    const response = await send(socketPath, current);
    const location = response.headers.get("location");
    if (!redirects.has(response.status) || location === null || request.redirect === "manual") return response;
    if (request.redirect === "error") throw new TypeError("fetch failed: unexpected redirect");
    await response.body?.cancel();
    current = redirected(again, response.status, new URL(location, current.url));
  }
  throw new TypeError(`fetch failed: more than ${mostRedirects} redirects`);
}

function redirected(request: Request, status: number, url: URL): Request {
  const { method, signal, redirect } = request;
  const turnsIntoGet = status === 303 ? method !== "HEAD" : status <= 302 && method === "POST";
  if (!turnsIntoGet) return new Request(url, request);
  const headers = new Headers(request.headers);
  for (const name of ["content-type", "content-length", "content-encoding"]) headers.delete(name);
  return new Request(url, { method: "GET", headers, signal, redirect });
}

async function send(socketPath: string, request: Request): Promise<Response> {
  const { signal, method } = request;
  signal.throwIfAborted();
  const { pathname, search, host } = new URL(request.url);
  const outgoing = httpRequest({
    socketPath,
    method,
    path: pathname + search,
    headers: { host, accept: "*/*", ...Object.fromEntries(request.headers) },
    agent: false,
  });
  const abort = (): void => void outgoing.destroy(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  outgoing.once("close", () => signal.removeEventListener("abort", abort));
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  if (request.body === null) outgoing.end();
  // A server may answer before it has read everything.
  else pipeline(Readable.fromWeb(request.body as ReadableStream), outgoing).catch(() => {});
  const [incoming] = await answered;
  signal.addEventListener("abort", () => void incoming.destroy(signal.reason as Error), { once: true });
  outgoing.on("error", () => {});
  return toResponse(incoming, method);
}

function toResponse(incoming: IncomingMessage, method: string): Response {
  const { statusCode: status = 0, statusMessage: statusText = "", rawHeaders } = incoming;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  const empty = method === "HEAD" || bodyless.has(status);
  if (empty) incoming.resume();
  const body = empty ? null : (Readable.toWeb(decoded(incoming)) as globalThis.ReadableStream<Uint8Array>);
  return new Response(body, { status, statusText, headers });
}

/** As `fetch` does it: a body that was sent compressed is read as what it was. */
function decoded(incoming: IncomingMessage): Readable {
  const decoder = decoderOf(incoming.headers["content-encoding"]);
  if (decoder === undefined) return incoming;
  incoming.once("error", (error) => decoder.destroy(error));
  return incoming.pipe(decoder);
}

function decoderOf(encoding: string | undefined): ReturnType<typeof createGunzip> | undefined {
  if (encoding === "gzip") return createGunzip();
  if (encoding === "deflate") return createInflate();
  return encoding === "br" ? createBrotliDecompress() : undefined;
}
