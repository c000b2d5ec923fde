// Writes Flyte's messages as TypeScript into `vendor/`, from their descriptors.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
  type CodeGeneratorResponse,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";

const folder = fileURLToPath(new URL(".", import.meta.url));
const { file: files } = fromBinary(FileDescriptorSetSchema, readFileSync(join(folder, "flyteidl2.binpb")));
const vendor = join(folder, "vendor");
rmSync(vendor, { recursive: true, force: true });
for (const { name, content } of generate(files).file) {
  const path = join(vendor, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Asks the generator as a compiler of Protocol Buffers would. */
function generate(protoFile: FileDescriptorProto[]): CodeGeneratorResponse {
  const request = create(CodeGeneratorRequestSchema, {
    parameter: "target=ts,import_extension=.ts",
    protoFile,
    fileToGenerate: protoFile.map(({ name }) => name).filter((name) => !name.startsWith("google/protobuf/")),
  });
  const generator = createRequire(import.meta.url).resolve("@bufbuild/protoc-gen-es/bin/protoc-gen-es");
  const options = { input: toBinary(CodeGeneratorRequestSchema, request), maxBuffer: 64 * 1024 * 1024 };
  const response = fromBinary(CodeGeneratorResponseSchema, execFileSync(process.execPath, [generator], options));
  if (response.error !== undefined && response.error !== "") throw new Error(response.error);
  return response;
}
