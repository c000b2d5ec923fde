import type { BackplaneMessage } from "@appenv/core";
import type { Reply } from "./connection.ts";

/** A message in its stream. */
export interface Entry extends BackplaneMessage {
  /** The publisher's own name for the message, by which it recognises one that it has already delivered. */
  readonly origin: string;
}

/** The fields of an entry. */
export function fields(origin: string, payload: Uint8Array): (string | Uint8Array)[] {
  return ["o", origin, "p", payload];
}

/** The entries of an answer to XRANGE, or of one stream of XREAD. */
export function entriesOf(reply: Reply): Entry[] {
  return ((reply ?? []) as readonly (readonly [Buffer, readonly Buffer[]])[]).map(([id, values]) => ({
    position: id.toString(),
    origin: String(values[1] ?? ""),
    payload: values[3] ?? Buffer.alloc(0),
  }));
}

/** The streams of an answer to XREAD, by key. */
export function streamsOf(reply: Reply): readonly (readonly [key: string, entries: Entry[]])[] {
  return ((reply ?? []) as readonly (readonly [Buffer, Reply])[]).map(([key, entries]) => [
    key.toString(),
    entriesOf(entries),
  ]);
}
