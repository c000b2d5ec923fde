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

/** The rules of buf.validate and the routes of HTTP gateways are nearly half of it, and nothing here reads them. */
const leftOut = /^(buf\/validate|google\/api)\//;

const files = readPythonDescriptors().file.filter(({ name }) => !leftOut.test(name));
for (const file of files) strip(file);
const set = create(FileDescriptorSetSchema, { file: files });
writeFileSync(new URL("flyteidl2.binpb", import.meta.url), toBinary(FileDescriptorSetSchema, set));

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
