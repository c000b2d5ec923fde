import { BinaryReader } from "@bufbuild/protobuf/wire";

/** The reason why a task's container has no outputs, as it writes it into `error.pb`. */
export interface ContainerError {
  readonly code: string;
  readonly message: string;
  /** True if another attempt may help. */
  readonly recoverable: boolean;
  /** `USER`: by the task's own code; `SYSTEM`: by what surrounds it. */
  readonly origin: "USER" | "SYSTEM";
}

/**
 * Reads `flyteidl2.core.ErrorDocument`, of which clients need no more: `ErrorDocument { ContainerError error = 1 }`,
 * `ContainerError { code = 1, message = 2, kind = 3, origin = 4 }`.
 *
 * @throws RangeError if the bytes are no message.
 */
export function readErrorDocument(bytes: Uint8Array): ContainerError {
  const error = fieldsOf(fieldsOf(bytes).get(1));
  const text = (field: number): string => Buffer.from((error.get(field) ?? new Uint8Array()) as Uint8Array).toString();
  return {
    code: text(1),
    message: text(2),
    recoverable: error.get(3) === 1,
    origin: error.get(4) === systemOrigin ? "SYSTEM" : "USER",
  };
}

/** `core.ExecutionError.ErrorKind` of the platform. */
const systemOrigin = 2;

/** Fields of a message by their numbers: bytes of those that have a length, numbers of enums. */
function fieldsOf(bytes: Uint8Array | number | undefined): Map<number, Uint8Array | number> {
  const reader = new BinaryReader(bytes instanceof Uint8Array ? bytes : new Uint8Array());
  const fields = new Map<number, Uint8Array | number>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === 2) fields.set(field, reader.bytes());
    else if (type === 0) fields.set(field, reader.int32());
    else reader.skip(type, field);
  }
  return fields;
}
