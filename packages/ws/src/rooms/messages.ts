import type { Position } from "@appenv/core";
import { frameOf, textFrameOf, type Frame } from "../connection/frame.ts";
import type { Wire } from "../connection/wire.ts";

/** A message of a room on its way between replicas: who does not get it, and what the others get. */
interface Payload {
  readonly isText: boolean;
  /** The connection that is left out; empty if none is. */
  readonly except: string;
  readonly body: Uint8Array;
}

/** A message that came over the backplane, read. */
export interface Received extends Payload {
  readonly position: Position;
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
function plainFrame({ isText, body }: Payload): Frame {
  return isText ? textFrameOf(body) : frameOf(body);
}

const closingBrace = Buffer.from("}");

/** The frame for a client of the protocol: the message in an envelope. Bytes have none, and no position. */
function envelopeFrame({ isText, body }: Payload, room: string, position: string, isJson: boolean): Frame {
  if (!isText) return frameOf(body);
  const head = JSON.stringify({ type: "message", room, position });
  const data = isJson ? body : Buffer.from(JSON.stringify(Buffer.from(body).toString()));
  return textFrameOf(Buffer.from(`${head.slice(0, -1)},"data":`), data, closingBrace);
}

/** A connection as messages are sent to it. */
export interface Recipient {
  readonly id: string;
  readonly wire: Wire;
  /** True if its client speaks AppEnv's protocol. */
  readonly enveloped: boolean;
  /** True if the messages of its route are JSON. */
  readonly isJson: boolean;
}

type Form = "plain" | "json" | "text";

/** The frames of some messages in the forms members take them, each built when the first one asks for it. */
export class Frames {
  readonly #batch: readonly Received[];
  readonly #room: string;
  readonly #whole: Map<Form, Frame> = new Map();
  readonly #single: Map<Form, Frame[]> = new Map();
  readonly #left: ReadonlySet<string>;

  constructor(batch: readonly Received[], room: string) {
    this.#batch = batch;
    this.#room = room;
    this.#left = new Set(batch.map(({ except }) => except).filter((except) => except !== ""));
  }

  sendTo(member: Recipient): void {
    const form = !member.enveloped ? "plain" : member.isJson ? "json" : "text";
    if (!this.#left.has(member.id)) return member.wire.push(this.#wholeOf(form), this.#room);
    for (const [index, frame] of this.#singleOf(form).entries()) {
      if (this.#batch[index]?.except !== member.id) member.wire.push(frame, this.#room);
    }
  }

  #wholeOf(form: Form): Frame {
    let whole = this.#whole.get(form);
    if (whole === undefined) {
      const single = this.#singleOf(form);
      whole = single.length === 1 ? single[0]! : Buffer.concat(single);
      this.#whole.set(form, whole);
    }
    return whole;
  }

  #singleOf(form: Form): Frame[] {
    let single = this.#single.get(form);
    if (single === undefined) {
      single = this.#batch.map((message) =>
        form === "plain" ? plainFrame(message) : envelopeFrame(message, this.#room, message.position, form === "json"),
      );
      this.#single.set(form, single);
    }
    return single;
  }
}
