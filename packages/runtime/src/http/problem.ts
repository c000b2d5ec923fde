import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** An error answer as RFC 9457 writes it: the body of every error the ingress itself makes. */
export interface Problem {
  /** Always `about:blank`: the status says what kind of problem it is. */
  readonly type: "about:blank";
  /** The status in words. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** What was wrong with this request. */
  readonly detail: string;
  /** For programs, for example `BODY_TOO_LARGE`. */
  readonly code: ProblemCode;
}

/** The codes of the ingress's own answers. */
export type ProblemCode =
  | "BAD_REQUEST"
  | "UNAUTHENTICATED"
  | "AUTH_UNAVAILABLE"
  | "BODY_TOO_LARGE"
  | "REQUEST_TIMEOUT"
  | "NOT_FOUND"
  | "MISDIRECTED"
  | "NO_UPGRADE"
  | "UPSTREAM_FAILED"
  | "UNHEALTHY"
  | "DRAINING"
  | "INTERNAL";

/** The media type of a problem. */
export const problemType = "application/problem+json";

/** Headers of an answer; names as they are sent. */
export type ProblemHeaders = Readonly<Record<string, string>>;

/** How long a cut connection is still read, so that the client sees the answer before a reset. */
const lingerMs = 1_000;

/** A problem of a status. */
export function problem(status: number, code: ProblemCode, detail: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, code };
}

/** Answers a request with a problem. The response must not have started. */
export function sendProblem(response: ServerResponse, what: Problem, headers: ProblemHeaders = {}): void {
  const body = JSON.stringify(what);
  response.writeHead(what.status, {
    "Content-Type": problemType,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(body);
}

/**
 * Writes a problem straight onto a connection and ends it: for upgrades, and for requests whose response object
 * belongs to the app, which sees an aborted request instead of a response that someone else has sent.
 * The connection is read on for a moment: closing it with unread data would make the kernel drop the answer.
 */
export function endWithProblem(socket: Duplex, what: Problem, headers: ProblemHeaders = {}): void {
  const body = JSON.stringify(what);
  const lines = {
    Date: new Date().toUTCString(),
    "Content-Type": problemType,
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "close",
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", () => {});
  if (socket.writable) socket.end(`HTTP/1.1 ${what.status} ${what.title}\r\n${head.join("")}\r\n${body}`);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(timer));
}
