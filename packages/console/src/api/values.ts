import { decode } from "@msgpack/msgpack";
import type { Literal, NamedLiteral } from "@appenv/protocol/tasks";
import { timestampDate } from "@bufbuild/protobuf/wkt";

/** Named values as plain ones, to be shown. */
export function plainValues(literals: readonly NamedLiteral[]): Record<string, unknown> {
  return Object.fromEntries(literals.map(({ name, value }) => [name, plainValue(value)]));
}

/** A value as a plain one, by what it is: its task may not be known any more. */
export function plainValue(literal: Literal | undefined): unknown {
  const { value } = literal ?? {};
  switch (value?.case) {
    case "collection":
      return value.value.literals.map((item) => plainValue(item));
    case "map":
      return Object.fromEntries(Object.entries(value.value.literals).map(([key, item]) => [key, plainValue(item)]));
    case "scalar":
      return plainScalar(value.value);
    case "offloadedMetadata":
      return { uri: value.value.uri };
    default:
      return null;
  }
}

type Scalar = Extract<Literal["value"], { case: "scalar" }>["value"];

function plainScalar({ value }: Scalar): unknown {
  switch (value.case) {
    case "primitive":
      return plainPrimitive(value.value.value);
    case "union":
      return plainValue(value.value.value);
    case "generic":
      return value.value;
    case "binary":
      return plainBinary(value.value.value, value.value.tag);
    case "blob":
    case "structuredDataset":
    case "schema":
      return { uri: value.value.uri };
    case "error":
      return { error: value.value.message };
    default:
      return null;
  }
}

type Primitive = Extract<Scalar["value"], { case: "primitive" }>["value"]["value"];

function plainPrimitive(value: Primitive): unknown {
  switch (value.case) {
    case "integer": {
      const number = Number(value.value);
      return Number.isSafeInteger(number) ? number : value.value.toString();
    }
    case "datetime":
      return timestampDate(value.value).toISOString();
    case "duration":
      return `${Number(value.value.seconds) + value.value.nanos / 1e9}s`;
    default:
      return value.value ?? null;
  }
}

function plainBinary(bytes: Uint8Array, tag: string): unknown {
  if (tag !== "msgpack") return `${bytes.length} bytes${tag === "" ? "" : ` (${tag})`}`;
  try {
    return readable(decode(bytes, { useBigInt64: true }));
  } catch {
    return `${bytes.length} bytes (msgpack)`;
  }
}

/** JSON has no form for large whole numbers and for bytes. */
function readable(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}
