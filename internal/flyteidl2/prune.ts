// Rewrites the bundled messages to those that are exported or reached from an export. Flyte's files import one
// another widely, and every message is built when the module loads: of 334 messages about 100 are ours to use. The
// validation rules go too; no server or client of this project reads them from there.
import {
  clone,
  create,
  createFileRegistry,
  toBinary,
  type AnyDesc,
  type DescEnum,
  type DescFile,
  type DescMessage,
  type DescService,
  type FileRegistry,
} from "@bufbuild/protobuf";
import { embedFileDesc, pathInFileDesc } from "@bufbuild/protobuf/codegenv2";
import {
  DescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorSetSchema,
  MethodDescriptorProtoSchema,
  type DescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  type MethodDescriptorProto,
} from "@bufbuild/protobuf/wkt";

type Exported = DescMessage | DescEnum | DescService;

interface Kept {
  readonly types: Set<AnyDesc>;
  readonly methods: KeptMethods;
}

/** By their services' full names, the methods of those that are not kept whole. */
export type KeptMethods = Readonly<Record<string, readonly string[]>>;

/** A bundle of generated messages, pruned. */
export async function prune(bundle: URL, methods: KeptMethods = {}): Promise<string> {
  const exports = (await import(bundle.href)) as Record<string, unknown>;
  const kept: Kept = { types: new Set(), methods };
  for (const value of Object.values(exports)) if (isDesc(value)) keep(value, kept);
  const files = pruneFiles(kept);
  return render(exports, files);
}

function isDesc(value: unknown): value is Exported {
  const kind = (value as { kind?: unknown } | null)?.kind;
  return kind === "message" || kind === "enum" || kind === "service";
}

/** Nobody needs a whole file's descriptor. */
function isFile(value: unknown): boolean {
  return (value as { kind?: unknown } | null)?.kind === "file";
}

function keep(desc: Exported, kept: Kept): void {
  if (kept.types.has(desc)) return;
  kept.types.add(desc);
  if (desc.kind === "service") {
    for (const { input, output } of desc.methods.filter(({ name }) => isKept(desc.typeName, name, kept))) {
      keep(input, kept);
      keep(output, kept);
    }
    return;
  }
  if (desc.parent !== undefined) keep(desc.parent, kept);
  if (desc.kind === "enum") return;
  for (const { message, enum: enumeration } of desc.fields) {
    if (message !== undefined) keep(message, kept);
    if (enumeration !== undefined) keep(enumeration, kept);
  }
}

function isKept(service: string, method: string, { methods }: Kept): boolean {
  return methods[service]?.includes(method) ?? true;
}

interface PrunedFile {
  readonly name: string;
  readonly proto: FileDescriptorProto;
  readonly imports: readonly string[];
}

/** The kept files, each after those it imports; Google's own come with the library. */
function pruneFiles(kept: Kept): PrunedFile[] {
  const types = [...kept.types];
  const homes = new Map<string, string>();
  for (const desc of types)
    if (desc.kind === "message" || desc.kind === "enum") homes.set(`.${desc.typeName}`, fileName(desc.file));
  const names = new Set(types.map((desc) => (desc as Exported).typeName));
  const files = [...new Set(types.map((desc) => (desc as Exported).file))].filter((file) => !isGoogle(fileName(file)));
  const pruned = files.map((file) => pruneFile(file, names, homes, kept));
  return sortByImports(pruned);
}

function pruneFile(
  file: DescFile,
  names: ReadonlySet<string>,
  homes: ReadonlyMap<string, string>,
  kept: Kept,
): PrunedFile {
  const { name, package: scope, syntax, messageType, enumType, service } = file.proto;
  const isNamed = (item: { name: string }): boolean => names.has(`${scope}.${item.name}`);
  const proto = create(FileDescriptorProtoSchema, {
    name,
    package: scope,
    syntax,
    messageType: messageType.filter(isNamed).map((message) => pruneMessage(message, scope, names)),
    enumType: enumType.filter(isNamed),
    service: service.filter(isNamed).map((item) => ({
      ...item,
      method: item.method
        .filter((method) => isKept(`${scope}.${item.name}`, method.name, kept))
        .map((method) => pruneMethod(method)),
    })),
  });
  const used = [...usedTypes(proto)]
    .map((type) => homes.get(type))
    .filter((home) => home !== undefined && home !== name);
  return { name, proto, imports: [...new Set(used as string[])].toSorted() };
}

function pruneMessage(message: DescriptorProto, scope: string, names: ReadonlySet<string>): DescriptorProto {
  const own = `${scope}.${message.name}`;
  const copy = clone(DescriptorProtoSchema, message);
  copy.field = copy.field.map((field) => pruneField(field));
  copy.nestedType = copy.nestedType
    .filter((nested) => nested.options?.mapEntry === true || names.has(`${own}.${nested.name}`))
    .map((nested) => pruneMessage(nested, own, names));
  copy.enumType = copy.enumType.filter(({ name }) => names.has(`${own}.${name}`));
  copy.extension = [];
  copy.oneofDecl = copy.oneofDecl.map(({ $typeName, name }) => ({ $typeName, name }));
  if (copy.options?.mapEntry !== true) delete copy.options;
  return copy;
}

function pruneField(field: FieldDescriptorProto): FieldDescriptorProto {
  if (field.options === undefined) return field;
  const { $unknown: _, ...options } = field.options;
  const { options: __, ...rest } = field;
  return toBinary(FieldOptionsSchema, options).length === 0 ? rest : { ...rest, options };
}

/** A method without the routes of an HTTP gateway. */
function pruneMethod(method: MethodDescriptorProto): MethodDescriptorProto {
  const copy = clone(MethodDescriptorProtoSchema, method);
  delete copy.options?.$unknown;
  return copy;
}

function* usedTypes(proto: FileDescriptorProto): Generator<string> {
  for (const message of proto.messageType) yield* fieldTypes(message);
  for (const { method } of proto.service)
    for (const { inputType, outputType } of method) yield* [inputType, outputType];
}

function* fieldTypes({ field, nestedType }: DescriptorProto): Generator<string> {
  for (const { typeName } of field) if (typeName !== "") yield typeName;
  for (const nested of nestedType) yield* fieldTypes(nested);
}

function sortByImports(files: readonly PrunedFile[]): PrunedFile[] {
  const sorted = new Set<PrunedFile>();
  const visit = (file: PrunedFile): void => {
    for (const name of file.imports) {
      const imported = files.find((other) => other.name === name);
      if (imported !== undefined) visit(imported);
    }
    sorted.add(file);
  };
  for (const file of files) visit(file);
  return [...sorted];
}

function render(exports: Readonly<Record<string, unknown>>, files: readonly PrunedFile[]): string {
  const google = [...new Set(files.flatMap(({ imports }) => imports).filter((name) => isGoogle(name)))].toSorted();
  const registry = registryOf(files, exports);
  return [
    "// Made by prune.ts from Flyte 2's messages, Apache-2.0.",
    `import { enumDesc, fileDesc, messageDesc, serviceDesc } from "@bufbuild/protobuf/codegenv2";`,
    `import { ${google.map((name) => variable(name)).join(", ")} } from "@bufbuild/protobuf/wkt";`,
    ...files.map(({ name, proto, imports }) => {
      const text = JSON.stringify(embedFileDesc(withImports(proto, imports)).base64());
      return `const ${variable(name)} = fileDesc(${text}, [${imports.map((item) => variable(item)).join(", ")}]);`;
    }),
    ...Object.entries(exports)
      .filter(([, value]) => !isFile(value))
      .map(([name, value]) => `export const ${name} = ${expression(value, registry)};`),
    "",
  ].join("\n");
}

function withImports(proto: FileDescriptorProto, imports: readonly string[]): FileDescriptorProto {
  return { ...proto, dependency: [...imports] };
}

/** The kept types as they will be, to count their places. */
function registryOf(files: readonly PrunedFile[], exports: Readonly<Record<string, unknown>>): FileRegistry {
  const google = new Map<string, FileDescriptorProto>();
  const collect = (file: DescFile): void => {
    if (isGoogle(fileName(file))) google.set(fileName(file), file.proto);
    for (const imported of file.dependencies) collect(imported);
  };
  for (const value of Object.values(exports)) if (isDesc(value)) collect(value.file);
  const file = [...google.values(), ...files.map(({ proto, imports }) => withImports(proto, imports))];
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}

function expression(value: unknown, registry: FileRegistry): string {
  // One of TypeScript's enums.
  if (!isDesc(value)) return JSON.stringify(value);
  const desc = registry.get(value.typeName);
  if (desc === undefined || desc.kind === "extension") throw new Error(`${value.typeName} was lost.`);
  return `${desc.kind}Desc(${[variable(fileName(desc.file)), ...pathInFileDesc(desc)].join(", ")})`;
}

function fileName(file: DescFile): string {
  return file.proto.name;
}

function isGoogle(name: string): boolean {
  return name.startsWith("google/protobuf/");
}

/** As the generator names it. */
function variable(name: string): string {
  return `file_${name.replace(/\.proto$/, "").replaceAll(/[^a-zA-Z0-9]/g, "_")}`;
}
