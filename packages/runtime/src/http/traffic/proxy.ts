import { Agent, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import { endWithProblem, problem, sendProblem, type Problem } from "../problem.ts";

/** Headers that belong to one connection, not to the message (RFC 9110, section 7.6.1). */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]);

const unreachable: Problem = problem(502, "UPSTREAM_FAILED", "The app's process did not answer.");

/** Options of one request or upgrade that is passed on. */
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
  /** Resolves when all that was passed on is being answered, or has ended. */
  settled(): Promise<void>;
}

/** Passes requests and upgrades on to a loopback port. */
export function createProxy(port: number): Proxy {
  const [kept, fresh] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })];
  const unanswered = new Unanswered();
  return {
    request: (request, response, options = {}) => {
      // The other end may close an idle connection at the moment we use it: what cannot go again gets one of its own.
      const agent = isSafe(request) ? kept : fresh;
      passOn(request, response, { agent, port, answered: unanswered.add(response), ...options });
    },
    upgrade: (request, socket, head, options = {}) =>
      passUpgrade(request, socket, head, { port, answered: unanswered.add(socket), ...options }),
    settled: () => unanswered.settled(),
  };
}

/** Counts what was passed on and is not being answered yet. */
class Unanswered {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** The returned function tells that it is being answered; its end does so too. */
  add(until: ServerResponse | Duplex): () => void {
    this.#count += 1;
    let isOpen = true;
    const answered = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#count -= 1;
      if (this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    };
    until.once("close", answered);
    return answered;
  }

  async settled(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

interface Target extends PassOptions {
  readonly port: number;
  readonly answered: () => void;
}

function passOn(request: IncomingMessage, response: ServerResponse, target: Target & { readonly agent: Agent }): void {
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
    target.answered();
    const answered = [...endToEnd(incoming.rawHeaders), ...(target.headers ?? [])];
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, answered);
    pipeline(incoming, response, () => {});
  });
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    if (response.destroyed) return;
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
  { port, answered, onRefused }: Target,
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
    upstream.once("data", answered);
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
