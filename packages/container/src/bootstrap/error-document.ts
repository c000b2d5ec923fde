/** The reason why a task's container has no outputs, as Flyte reads it from `error.pb`. */
export interface ContainerFailure {
  /** For people and for code, for example `OOM_KILLED`. */
  readonly code: string;
  readonly message: string;
  /** True if another attempt may help: the backend starts one while `retries` are left. */
  readonly recoverable: boolean;
  /** `USER`: by the task's own code; `SYSTEM`: by what surrounds it. */
  readonly origin: "USER" | "SYSTEM";
}

/** Longest message of an error, in characters; the store refuses objects above 2 MB. */
const longestMessage = 100_000;

/**
 * `flyteidl2.core.ErrorDocument` as bytes. Written by hand, since the bootstrap travels in the arguments of a container and
 * must stay small: `ErrorDocument { ContainerError error = 1 }`, `ContainerError { code = 1, message = 2, kind = 3, origin = 4 }`.
 */
export function errorDocument({ code, message, recoverable, origin }: ContainerFailure): Uint8Array {
  const error = Buffer.concat([
    text(1, code),
    text(2, message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message),
    Buffer.from([(3 << 3) | 0, recoverable ? 1 : 0, (4 << 3) | 0, origin === "USER" ? 1 : 2]),
  ]);
  return field(1, error);
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

/** A field whose value has a length. */
function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
