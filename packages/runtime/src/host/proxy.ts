import { Agent, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import type { HostListeners } from "@appenv/core";
import { endWithProblem, problem, sendProblem, type Problem } from "../ingress/problem.ts";

/** Headers that belong to one connection, not to the message (RFC 9110, section 7.6.1). */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]);

const unreachable: Problem = problem(502, "UPSTREAM_FAILED", "The app's process did not answer.");

/** Passes requests and upgrades on to a loopback port. */
export function createProxy(port: number): HostListeners {
  const agent = new Agent({ keepAlive: true });
  return {
    request: (request, response) => passOn(request, response, { agent, port }),
    upgrade: (request, socket, head) => passUpgrade(request, socket, head, port),
  };
}

interface Target {
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
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, endToEnd(incoming.rawHeaders));
    pipeline(incoming, response, () => {});
  });
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    if (response.destroyed) return;
    // The process may close an idle connection at the moment we use it; a request without a body can go again.
    const mayRetry = outgoing.reusedSocket && error.code === "ECONNRESET" && isSafe(request) && !response.headersSent;
    if (mayRetry) passOn(request, response, target);
    else if (response.headersSent) response.destroy();
    else sendProblem(response, unreachable);
  });
  response.once("close", () => outgoing.destroy());
  request.pipe(outgoing);
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

function passUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, port: number): void {
  const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
  upstream.once("error", () => {
    if (upstream.bytesRead === 0) endWithProblem(socket, unreachable);
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
