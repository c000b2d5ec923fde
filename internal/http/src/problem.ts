import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { statusPhrase } from "./status-phrase.ts";

/** The body of an error answer (RFC 9457). */
export interface Problem<Code extends string = string> {
  /** Always `about:blank`: the status names the kind of problem. */
  readonly type: "about:blank";
  /** The status in words. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** The mistake in this request, for people. */
  readonly detail: string;
  /** The kind of problem for programs, for example `BODY_TOO_LARGE`. */
  readonly code: Code;
}

/** The media type of a problem. */
export const problemType = "application/problem+json";

/** Headers of an answer; names as they are sent. */
export type ProblemHeaders = Readonly<Record<string, string>>;

/** The time for which a refused connection is still read, so that the client sees the answer before a reset. */
const lingerMs = 1_000;

/** A problem of a status. */
export function problem<Code extends string>(status: number, code: Code, detail: string): Problem<Code> {
  return { type: "about:blank", title: statusPhrase(status) ?? "Error", status, detail, code };
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
 * The connection is read for a moment longer: closing it with unread data would make the kernel drop the answer.
 */
export function endWithProblem(socket: Duplex, what: Problem, headers: ProblemHeaders = {}): void {
  const body = JSON.stringify(what);
  const lines = {
    Date: new Date().toUTCString(),
    "Content-Type": problemType,
    "Content-Length": String(Buffer.byteLength(body)),
    "Cache-Control": "no-store",
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
