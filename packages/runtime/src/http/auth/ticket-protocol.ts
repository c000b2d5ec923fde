import type { IncomingMessage, ServerResponse } from "node:http";
import { replaceHeader } from "../request-head.ts";
import type { Ticket } from "./tickets.ts";

/** The path at which a client with a valid credential gets a ticket: `POST`. Paths below `/.appenv/` are never the app's. */
export const ticketPath = "/.appenv/ticket";

/** A subprotocol that means nothing, for clients that have none beside their ticket: browsers insist on one in the answer. */
const plainProtocol = "appenv.ticket";
const ticketPrefix = `${plainProtocol}.`;
const headerName = "sec-websocket-protocol";

/** The offers of an upgrade beside the subprotocols of the app. */
export interface OfferedTicket {
  readonly ticket: string | undefined;
  /** The subprotocol to be added to the answer, if the app was offered none. */
  readonly answer: string | undefined;
}

/** Takes a ticket out of an upgrade's subprotocols, so that the app never sees it. */
export function takeTicket(request: IncomingMessage): OfferedTicket | undefined {
  const offered = request.headers[headerName];
  if (offered?.includes(plainProtocol) !== true) return undefined;
  const names = offered.split(",").map((name) => name.trim());
  const ticket = names.find((name) => name.startsWith(ticketPrefix))?.slice(ticketPrefix.length);
  const rest = names.filter((name) => name !== plainProtocol && !name.startsWith(ticketPrefix));
  replaceHeader(request, "Sec-WebSocket-Protocol", rest.join(", "));
  return { ticket, answer: rest.length === 0 && names.includes(plainProtocol) ? plainProtocol : undefined };
}

/** Adds a subprotocol to the first bytes of an answer, behind its status. What follows may be frames already. */
export function withProtocol(answer: string | Buffer, protocol: string): string | Buffer {
  if (typeof answer !== "string")
    return Buffer.from(String(withProtocol(answer.toString("latin1"), protocol)), "latin1");
  const end = answer.indexOf("\r\n");
  return `${answer.slice(0, end)}\r\nSec-WebSocket-Protocol: ${protocol}${answer.slice(end)}`;
}

/** Answers a request for a ticket. */
export function sendTicket(response: ServerResponse, ticket: Ticket): void {
  const body = JSON.stringify(ticket);
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
  });
  response.end(body);
}
