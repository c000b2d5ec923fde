import type { Frame } from "../connection/frame.ts";
import { frameOf, textFrameOf } from "../connection/frame.ts";

/** A message of a room on its way between replicas: who does not get it, and what the others get. */
export interface Payload {
  readonly isText: boolean;
  /** The connection that is left out; empty if none is. */
  readonly except: string;
  readonly body: Uint8Array;
}

const newline = 10;

/** One line about the message, then the message as it is sent: a replica passes it on without reading it. */
export function encodePayload(message: string | Uint8Array, except: string): Buffer {
  const isText = typeof message === "string";
  return Buffer.concat([Buffer.from(`${isText ? "t" : "b"}${except}\n`), isText ? Buffer.from(message) : message]);
}

/** The counterpart of `encodePayload`. */
export function decodePayload(payload: Uint8Array): Payload {
  const end = payload.indexOf(newline);
  const line = Buffer.from(payload.subarray(0, end)).toString();
  return { isText: line.startsWith("t"), except: line.slice(1), body: payload.subarray(end + 1) };
}

/** The frame for a plain client. */
export function plainFrame({ isText, body }: Payload): Frame {
  return isText ? textFrameOf(body) : frameOf(body);
}

const closingBrace = Buffer.from("}");

/** The frame for a client of the protocol: the message in an envelope. Bytes have none, and no position. */
export function envelopeFrame({ isText, body }: Payload, room: string, position: string, isJson: boolean): Frame {
  if (!isText) return frameOf(body);
  const head = JSON.stringify({ type: "message", room, position });
  const data = isJson ? body : Buffer.from(JSON.stringify(Buffer.from(body).toString()));
  return textFrameOf(Buffer.from(`${head.slice(0, -1)},"data":`), data, closingBrace);
}
