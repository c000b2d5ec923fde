import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { misdirectedStatus } from "@appenv/core/internal";

/** An error answer as RFC 9457 writes it: the body of every error the ingress itself makes. */
export interface Problem {
  /** Always `about:blank`: the status says what kind of problem it is. */
  readonly type: "about:blank";
  /** The status in words. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** The fault of this request. */
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

/** Time that a cut connection is still read, so that the client sees the answer before a reset, in milliseconds. */
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

/** The answer to a request without an accepted credential; the same one whether it is missing or wrong. */
export const unauthenticated: Problem = problem(
  401,
  "UNAUTHENTICATED",
  "This app needs an API key: send `Authorization: Bearer KEY` or `x-api-key: KEY`.",
);

/** Tells clients how to authenticate. */
export const challenge: ProblemHeaders = { "WWW-Authenticate": "Bearer" };

/** The answer while an issuer's keys cannot be had. */
export const authUnavailable: Problem = problem(503, "AUTH_UNAVAILABLE", "The token cannot be checked at the moment.");

/** Tells clients when to try again. */
export const retrySoon: ProblemHeaders = { "Retry-After": "5" };

/** The answer to a request for another app. */
export const misdirected: Problem = problem(
  misdirectedStatus,
  "MISDIRECTED",
  "The request is for another app, which answered at this address before.",
);

/** The answer to an upgrade whose header Host is no host; frameworks make a URL of it. */
export const badHost: Problem = problem(400, "BAD_REQUEST", "The request's header Host is no host.");

/** The answer to an upgrade that neither an extension nor the app takes. */
export const noUpgrade: Problem = problem(
  404,
  "NO_UPGRADE",
  "This app takes no upgrades. A library that attaches to an http.Server is given one by `env.attach((server) => ...)`.",
);
