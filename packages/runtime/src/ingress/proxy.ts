import { Agent, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import { endWithProblem, problem, sendProblem, type Problem } from "./problem.ts";

/** Headers that belong to one connection, not to the message (RFC 9110, section 7.6.1). */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]);

const unreachable: Problem = problem(502, "UPSTREAM_FAILED", "The app's process did not answer.");

/** How something is passed on. */
export interface PassOptions {
  /** Headers for the response, name and value by turns. */
  readonly headers?: readonly string[];
  /** Called instead of an answer 502 if nothing listens there. Nothing was read of the request's body then. */
  readonly onRefused?: () => void;
}

/** Passes requests and upgrades on. */
export interface Proxy {
  request(request: IncomingMessage, response: ServerResponse, options?: PassOptions): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, options?: PassOptions): void;
}

/** Passes requests and upgrades on to a loopback port. */
export function createProxy(port: number): Proxy {
  const agent = new Agent({ keepAlive: true });
  return {
    request: (request, response, options = {}) => passOn(request, response, { agent, port, ...options }),
    upgrade: (request, socket, head, options = {}) => passUpgrade(request, socket, head, { port, ...options }),
  };
}

interface Target extends PassOptions {
  readonly agent: Agent;
  readonly port: number;
}

function passOn(request: IncomingMessage, response: ServerResponse, target: Target): void {
  const { method, url } = request;
  const headers = [...endToEnd(request.rawHeaders), "x-forwarded-for", forwardedFor(request)];
  const outgoing = send({
    host: "127.0.0.1",
    port: target.port,
    agent: target.agent,
    method,
    path: url,
    headers,
    setDefaultHeaders: false,
  });
  outgoing.on("response", (incoming) => {
    const answered = [...endToEnd(incoming.rawHeaders), ...(target.headers ?? [])];
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, answered);
    pipeline(incoming, response, () => {});
  });
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    if (response.destroyed) return;
    // The process may close an idle connection at the moment we use it; a request without a body can go again.
    const mayRetry = outgoing.reusedSocket && error.code === "ECONNRESET" && isSafe(request) && !response.headersSent;
    if (mayRetry) passOn(request, response, target);
    else if (error.code === "ECONNREFUSED" && target.onRefused !== undefined) target.onRefused();
    else if (response.headersSent) response.destroy();
    else sendProblem(response, unreachable);
  });
  response.once("close", () => outgoing.destroy());
  // The body is left unread until there is somebody to read it.
  outgoing.once("socket", (socket) => {
    if (socket.connecting) socket.once("connect", () => request.pipe(outgoing));
    else request.pipe(outgoing);
  });
}

function isSafe({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}

function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = raw.slice(index, index + 2);
    const lower = name.toLowerCase();
    if (!hopByHop.has(lower) && lower !== "x-forwarded-for") kept.push(name, value);
  }
  return kept;
}

function forwardedFor({ headers, socket }: IncomingMessage): string {
  const before = headers["x-forwarded-for"];
  return [before, socket.remoteAddress ?? "unknown"]
    .flat()
    .filter((part) => part !== undefined)
    .join(", ");
}

function passUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { port, onRefused }: PassOptions & { readonly port: number },
): void {
  const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
  upstream.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED" && onRefused !== undefined && !socket.destroyed) onRefused();
    else if (upstream.bytesRead === 0) endWithProblem(socket, unreachable);
    else socket.destroy();
  });
  upstream.once("connect", () => {
    upstream.write(requestHead(request));
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  socket.once("close", () => upstream.destroy());
}

function requestHead({ method, url, rawHeaders }: IncomingMessage): string {
  let text = `${method} ${url} HTTP/1.1\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2)
    text += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  return `${text}\r\n`;
}
