// Takes Flyte's messages anew from the Python package that `npm run setup:system` installs:
//   npm run setup:system && node internal/flyteidl2/refresh.ts && npm run setup
import { writeFileSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
  type MethodDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { readPythonDescriptors } from "./python-descriptors.ts";

const gateway = /^(google\/api|protoc-gen-openapiv2)\//;
/** The rules of buf.validate are nearly half of it, and no code that is made from it reads them. */
const leftOut = new RegExp(`${gateway.source}|^buf\\/validate\\/`);

write("flyteidl2-rules.binpb", withRules());
write("flyteidl2.binpb", withoutRules());

function write(name: string, file: FileDescriptorProto[]): void {
  const set = create(FileDescriptorSetSchema, { file });
  writeFileSync(new URL(name, import.meta.url), toBinary(FileDescriptorSetSchema, set));
}

/** For tests, which hold what is sent against the rules. Nobody reads the routes of HTTP gateways. */
function withRules(): FileDescriptorProto[] {
  const files = readPythonDescriptors().file.filter(({ name }) => !gateway.test(name));
  for (const file of files) {
    file.dependency = file.dependency.filter((name) => !gateway.test(name));
    delete file.options;
    for (const { method } of file.service) method.forEach(stripMethod);
  }
  return files;
}

function withoutRules(): FileDescriptorProto[] {
  const files = readPythonDescriptors().file.filter(({ name }) => !leftOut.test(name));
  for (const file of files) strip(file);
  return files;
}

function strip(file: FileDescriptorProto): void {
  // Google's own files come with the library; they are listed for who generates code from this.
  if (file.name.startsWith("google/protobuf/")) return;
  file.dependency = file.dependency.filter((name) => !leftOut.test(name));
  delete file.options;
  file.messageType.forEach(stripMessage);
  file.enumType.forEach(stripEnum);
  for (const service of file.service) {
    delete service.options;
    service.method.forEach(stripMethod);
  }
}

function stripMessage(message: DescriptorProto): void {
  if (message.options?.mapEntry !== true) delete message.options;
  for (const field of message.field) delete field.options?.$unknown;
  for (const oneof of message.oneofDecl) delete oneof.options;
  message.nestedType.forEach(stripMessage);
  message.enumType.forEach(stripEnum);
}

function stripEnum(enumeration: EnumDescriptorProto): void {
  delete enumeration.options;
  for (const value of enumeration.value) delete value.options;
}

/** Keeps whether a method may be asked by GET. */
function stripMethod(method: MethodDescriptorProto): void {
  delete method.options?.$unknown;
}
