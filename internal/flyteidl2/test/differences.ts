import type { DescEnum, DescField, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";

/** Messages, enums and services by their full names. */
export type Types = ReadonlyMap<string, DescMessage | DescEnum | DescService>;

/**
 * All in which `ours` differs from `theirs`, a line each: messages that both have field by field, enums value by value,
 * services method by method; and the services that only they have.
 */
export function differences(ours: Types, theirs: Types): string[] {
  const found: string[] = [];
  for (const [name, own] of ours) {
    const other = theirs.get(name);
    if (other === undefined) found.push(`${name}: is gone`);
    else found.push(...compare(describe(own), describe(other)).map((line) => `${name}: ${line}`));
  }
  for (const [name, { kind }] of theirs) if (kind === "service" && !ours.has(name)) found.push(`${name}: is not here`);
  return found.toSorted();
}

/** The fields or values of a type, by number or name. */
function describe(type: DescMessage | DescEnum | DescService): ReadonlyMap<string, string> {
  if (type.kind === "message") return new Map(type.fields.map((field) => [`field ${field.number}`, fieldText(field)]));
  if (type.kind === "enum") return new Map(type.values.map(({ name, number }) => [`value ${number}`, name]));
  return new Map(type.methods.map((method) => [`method ${method.name}`, methodText(method)]));
}

function fieldText(field: DescField): string {
  const { name, proto, oneof } = field;
  const type = proto.typeName === "" ? `type ${proto.type}` : proto.typeName;
  const where = oneof === undefined ? "" : ` of the oneof ${oneof.name}`;
  return `${name}, ${field.fieldKind}, ${type}, label ${proto.label}${where}`;
}

function methodText({ methodKind, input, output, idempotency }: DescMethod): string {
  return `${methodKind}, ${input.typeName} to ${output.typeName}, idempotency ${idempotency}`;
}

function compare(own: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...own.keys(), ...other.keys()]);
  return [...keys].flatMap((key) => {
    const [here, there] = [own.get(key), other.get(key)];
    if (here === there) return [];
    return [`${key} is '${here ?? "not here"}', and in Python '${there ?? "not there"}'`];
  });
}
