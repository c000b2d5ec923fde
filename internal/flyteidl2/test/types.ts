import {
  createFileRegistry,
  type AnyDesc,
  type DescEnum,
  type DescMessage,
  type DescService,
  type FileRegistry,
} from "@bufbuild/protobuf";
import type { FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import type { Types } from "./differences.ts";

type Type = DescMessage | DescEnum | DescService;

/** The types that some modules export, and all that those are made of; but for Google's, which come with the library. */
export function typesOfModules(modules: readonly object[]): Types {
  const types = new Map<string, Type>();
  for (const module of modules) for (const value of Object.values(module)) if (isType(value)) add(value, types);
  return types;
}

/** All types of some files. */
export function typesOfFiles(set: FileDescriptorSet): Types {
  const registry: FileRegistry = createFileRegistry(set);
  const types = [...registry].filter((type: AnyDesc): type is Type => isType(type));
  return new Map(types.filter(({ typeName }) => isFlyte(typeName)).map((type) => [type.typeName, type]));
}

function isType(value: unknown): value is Type {
  const kind = (value as { kind?: unknown } | null)?.kind;
  return kind === "message" || kind === "enum" || kind === "service";
}

function isFlyte(typeName: string): boolean {
  return typeName.startsWith("flyteidl2.");
}

function add(type: Type, types: Map<string, Type>): void {
  if (!isFlyte(type.typeName)) return;
  const known = types.get(type.typeName);
  if (known !== undefined && sizeOf(known) >= sizeOf(type)) return;
  types.set(type.typeName, type);
  for (const each of partsOf(type)) add(each, types);
}

/** A service may be there whole in one module and in part in another. */
function sizeOf(type: Type): number {
  return type.kind === "service" ? type.methods.length : 0;
}

function partsOf(type: Type): Type[] {
  if (type.kind === "enum") return [];
  if (type.kind === "service") return type.methods.flatMap(({ input, output }) => [input, output]);
  return type.fields.flatMap(({ message, enum: enumeration }) => message ?? enumeration ?? []);
}
