import { deserialize, serialize } from "node:v8";

interface Encoded {
  readonly json: string;
  readonly binaries: readonly Uint8Array[];
}

const mark = "_placeholder";

/** The stand-in for binary data in the JSON, in Socket.IO's own form. */
interface Placeholder {
  readonly [mark]: true;
  readonly num: number;
}

/** Writes a message as Socket.IO would send it: as JSON, binary data beside it. */
export function encode(message: unknown): Uint8Array {
  const binaries: Uint8Array[] = [];
  const json = JSON.stringify(message, function (this: Record<string, unknown>, key, value: unknown) {
    // Buffers come here after their toJSON(); the holder still has them as they are.
    const bytes = bytesOf(this[key]);
    if (bytes === undefined) return value;
    return { [mark]: true, num: binaries.push(bytes) - 1 } satisfies Placeholder;
  });
  return serialize({ json, binaries } satisfies Encoded);
}

/** Reads what `encode` wrote. Binary data becomes Buffers, as on the wire. */
export function decode(payload: Uint8Array): unknown {
  const { json, binaries } = deserialize(payload) as Encoded;
  if (binaries.length === 0) return JSON.parse(json);
  return JSON.parse(json, (_key, value: unknown) => (isPlaceholder(value) ? toBuffer(binaries[value.num]) : value));
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

function toBuffer(bytes: Uint8Array | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isPlaceholder(value: unknown): value is Placeholder {
  return typeof value === "object" && value !== null && mark in value && value[mark] === true;
}
