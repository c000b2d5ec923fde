import { AppEnvError } from "@appenv/core";
import type { AnswerSchema, ValueType } from "@appenv/core/internal";
import type { Literal } from "@appenv-internal/flyteidl2/values";
import { readLiteral } from "./from-literal.ts";
import { asSchema } from "./json-schema.ts";
import { readJson, valueToJson } from "./json-value.ts";
import { problemOfLimits } from "./limits.ts";
import { checked, Mismatch, placeOf } from "./mismatch.ts";
import { decodeRaw, structToJson } from "./struct.ts";
import { readText } from "./text.ts";
import { writeLiteral } from "./to-literal.ts";

/** A condition, as far as its answers are concerned. */
export interface AskedValue {
  /** Without a schema `boolean`, `integer`, `float` or `string`. */
  readonly type: ValueType["kind"];
  readonly schema?: AnswerSchema | undefined;
}

/** The type of the answers to a condition. */
export function answerType({ type, schema }: AskedValue): ValueType {
  return schema?.type ?? ({ kind: type } as ValueType);
}

/** Any JSON as a literal, for a condition whose type its sender does not know. @throws AppEnvError INVALID_INPUT. */
export function jsonLiteral(json: unknown): Literal {
  return checked("INVALID_INPUT", "The value", () => writeLiteral(anyJson, json));
}

const anyJson: ValueType = { kind: "struct", jsonSchema: {} };

/**
 * The answer to a condition from a literal: one of its type, or JSON that stands for it. Flyte's own clients send no more
 * than texts and numbers: a text is read as on the command line where the type is none of these.
 *
 * @throws AppEnvError INVALID_INPUT with the place of the mistake, such as `comment is missing.`
 */
export function readAnswer(asked: AskedValue, literal: Literal): unknown {
  return read(asked, (type) => readAny(type, literal));
}

/** The same from a text, as it is typed on the command line or into a field. */
export function answerFromText(asked: AskedValue, text: string): unknown {
  return read(asked, (type) => readText(type, text));
}

/** The same from JSON. */
export function answerFromJson(asked: AskedValue, json: unknown): unknown {
  return read(asked, (type) => readJson(type, json));
}

function read(asked: AskedValue, readAs: (type: ValueType) => unknown): unknown {
  const type = answerType(asked);
  try {
    const value = readAs(type);
    checkLimits(asked, type, value);
    return value;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new AppEnvError("INVALID_INPUT", `${placeOf(error).replace(/^\./, "") || "it"} ${error.message}.`);
  }
}

const plainKinds: ReadonlySet<ValueType["kind"]> = new Set(["boolean", "integer", "float", "string"]);

function readAny(type: ValueType, literal: Literal): unknown {
  try {
    return readLiteral(type, literal);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const scalar = literal.value.case === "scalar" ? literal.value.value.value : undefined;
    if (scalar?.case === "binary" && scalar.value.tag === "msgpack")
      return readJson(type, structToJson(decodeRaw(scalar.value.value)));
    if (scalar?.case === "generic") return readJson(type, scalar.value);
    const plain = scalar?.case === "primitive" ? scalar.value.value.value : undefined;
    if (plainKinds.has(type.kind) || plain === undefined || typeof plain === "object") throw error;
    if (typeof plain === "string") return readText(type, plain);
    return readJson(type, typeof plain === "bigint" ? Number(plain) : plain);
  }
}

function checkLimits({ schema }: AskedValue, type: ValueType, value: unknown): void {
  if (schema === undefined) return;
  const root = asSchema(schema.jsonSchema);
  const found = problemOfLimits(root, valueToJson(type, value), root);
  if (found !== undefined) throw new Mismatch(found.what).inside(found.path);
}
