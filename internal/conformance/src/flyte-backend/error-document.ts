import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { ErrorInfo_Kind } from "@appenv/protocol/tasks";

const descriptors = new URL("../../../flyteidl2/flyteidl2.binpb", import.meta.url);

/** The parts of `error.pb`, read by Flyte's own definitions. @throws an error of the decoder. */
export function readError(document: Uint8Array): {
  readonly code: string;
  readonly message: string;
  readonly kind: ErrorInfo_Kind;
  readonly recoverable: boolean;
} {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
  const schema = registry.getMessage("flyteidl2.core.ErrorDocument");
  if (schema === undefined) throw new Error("flyteidl2.core.ErrorDocument is not among the definitions");
  const { error = {} } = toJson(schema, fromBinary(schema, document)) as {
    error?: { code?: string; message?: string; kind?: string; origin?: string };
  };
  return {
    code: error.code ?? "",
    message: error.message ?? "",
    kind: error.origin === "SYSTEM" ? ErrorInfo_Kind.SYSTEM : ErrorInfo_Kind.USER,
    recoverable: error.kind === "RECOVERABLE",
  };
}
