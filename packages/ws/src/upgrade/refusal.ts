import type { Duplex } from "node:stream";
import { http } from "../node-builtins.ts";

/** The code of an upgrade's refusal, for programs. */
export type RefusalCode =
  | "BAD_UPGRADE"
  | "DRAINING"
  | "INTERNAL"
  | "INVALID_PARAMETERS"
  | "NOT_FOUND"
  | "ORIGIN_NOT_ALLOWED"
  | "UNAUTHENTICATED"
  | "UPGRADE_REQUIRED";

/** Why an upgrade is refused. */
export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a refused connection is still read, so that the client sees the answer before a reset. */
const lingerMs = 1_000;

/** The body of a refusal, as RFC 9457 writes it. */
export function problemOf({ status, code, detail }: Refusal): string {
  return JSON.stringify({ type: "about:blank", title: http.STATUS_CODES[status] ?? "Error", status, detail, code });
}

/** Answers an upgrade with a plain HTTP response and ends the connection. */
export function refuse(socket: Duplex, refusal: Refusal): void {
  const body = problemOf(refusal);
  const lines = {
    Date: new Date().toUTCString(),
    "Content-Type": "application/problem+json",
    "Content-Length": String(Buffer.byteLength(body)),
    "Cache-Control": "no-store",
    Connection: "close",
    ...refusal.headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", () => {});
  const title = http.STATUS_CODES[refusal.status] ?? "Error";
  if (socket.writable) socket.end(`HTTP/1.1 ${refusal.status} ${title}\r\n${head.join("")}\r\n${body}`);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(timer));
}
