import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ErrorInfoSchema, type ErrorInfo } from "@appenv-internal/flyteidl2/tasks";
import type { ThrownError } from "./thrown-error.ts";

/** The parts of an error that Flyte's `ErrorInfo` has no field for. */
export interface ErrorParts {
  /** A code of the catalogue, or the name of the thrown error. */
  readonly code: string;
  /** Without code and place. */
  readonly message: string;
  readonly thrown: readonly ThrownError[];
}

/** A field that Flyte does not have: other clients read `message` and `code`, and leave this out. */
const field = 51_066;

/** Flyte's message, with the parts for clients of AppEnv. */
export function withErrorParts(info: MessageInitShape<typeof ErrorInfoSchema>, parts: ErrorParts): ErrorInfo {
  const data = new BinaryWriter().string(JSON.stringify(parts)).finish();
  const message = create(ErrorInfoSchema, info);
  message.$unknown = [{ no: field, wireType: WireType.LengthDelimited, data }];
  return message;
}

/** The parts, if whoever wrote the message is AppEnv's own platform. */
export function errorPartsOf({ $unknown = [] }: ErrorInfo): ErrorParts | undefined {
  const found = $unknown.find(({ no, wireType }) => no === field && wireType === WireType.LengthDelimited);
  try {
    return found === undefined ? undefined : (JSON.parse(new BinaryReader(found.data).string()) as ErrorParts);
  } catch {
    return undefined;
  }
}
