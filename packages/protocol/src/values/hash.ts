import { createHash } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import type { TaskSettings } from "@appenv/core";
import type { TaskInterface } from "@appenv/core/internal";
import { InputsSchema, type Literal, type Scalar } from "@appenv-internal/flyteidl2/values";
import type { TaskId } from "../tasks/task-definition.ts";
import { decodeRaw } from "./struct.ts";

/**
 * The hash of inputs: 64 hex digits, the same for the same values in any order of inputs and keys.
 *
 * @param bytes - `task.Inputs`.
 * @param ignored - Names of inputs that do not count.
 */
export function inputsHash(bytes: Uint8Array, ignored: readonly string[] = []): string {
  const { literals } = fromBinary(InputsSchema, bytes);
  const counted = literals
    .filter(({ name }) => !ignored.includes(name))
    .map(({ name, value }) => [name, value === undefined ? null : canonicalLiteral(value)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sha256(JSON.stringify(counted)).toString("hex");
}

function canonicalLiteral({ value, hash }: Literal): unknown {
  if (hash !== "") return { hash };
  if (value.case === "collection") return { list: value.value.literals.map((literal) => canonicalLiteral(literal)) };
  if (value.case === "map")
    return { map: sorted(value.value.literals).map(([key, literal]) => [key, canonicalLiteral(literal)]) };
  if (value.case === "scalar") return canonicalScalar(value.value.value);
  return value.case === undefined ? null : { uri: value.value.uri };
}

function canonicalScalar(scalar: Scalar["value"]): unknown {
  switch (scalar.case) {
    case "primitive":
      return canonicalPrimitive(scalar.value.value.case, scalar.value.value.value);
    case "binary":
      return canonicalBinary(scalar.value);
    case "generic":
      return { json: canonical(scalar.value) };
    case "union":
      return scalar.value.value === undefined ? null : canonicalLiteral(scalar.value.value);
    case "blob":
    case "structuredDataset":
      return { [scalar.case]: scalar.value.uri };
    default:
      return scalar.case === undefined ? null : { [scalar.case]: canonical(scalar.value) };
  }
}

function canonicalBinary({ tag, value }: { readonly tag: string; readonly value: Uint8Array }): unknown {
  try {
    if (tag === "msgpack") return { json: canonical(decodeRaw(value)) };
  } catch {
    // An input that cannot be read is hashed by its bytes.
  }
  return canonical(value);
}

function canonicalPrimitive(kind: string | undefined, value: unknown): unknown {
  const moment = value as { seconds: bigint; nanos: number };
  if (kind === "datetime" || kind === "duration") return { [kind]: `${moment.seconds}.${moment.nanos}` };
  return { [String(kind)]: canonical(value) };
}

/** Plain data that `JSON.stringify` writes without loss and in one order. */
function canonical(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : { bigint: String(value) };
  if (typeof value === "number") return Number.isFinite(value) ? value : { number: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => canonical(item));
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") };
  return { object: sorted(value as Record<string, unknown>).map(([key, item]) => [key, canonical(item)]) };
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** The parts of a child action's name: the same whenever its parent runs again. */
export interface ChildParts {
  /** The parent action's name. */
  readonly parent: string;
  /** The place of the call in the parent's code: the same in every attempt. */
  readonly place: string;
  /** `task`, `trace` or `condition`. */
  readonly kind: string;
  /** The task's full name, or the name of what is traced or waited for. */
  readonly what: string;
  readonly inputsHash: string;
  readonly group: string;
  /** The number of earlier calls of the same parent, place, kind, name, inputs and group. */
  readonly occurrence: number;
}

const letters = "abcdefghijklmnopqrstuvwxyz";
const characters: string = `${letters}0123456789`;

/** A child action's name: 30 characters of `[a-z0-9]`, the first a letter. */
export function childName(parts: ChildParts): string {
  const { parent, place, kind, what, inputsHash: inputs, group, occurrence } = parts;
  return actionName([parent, place, kind, what, inputs, group, occurrence]);
}

/** The name of a child action that its caller gave a key. */
export function keyedChildName(parent: string, key: string): string {
  return actionName([parent, key]);
}

function actionName(parts: readonly unknown[]): string {
  const hash = sha256(JSON.stringify(parts));
  let name = letters.charAt((hash[0] ?? 0) % letters.length);
  for (const byte of hash.subarray(1, 30)) name += characters.charAt(byte % characters.length);
  return name;
}

/** The key of a result in the cache: 64 hex digits. */
export function cacheKey(parts: {
  readonly task: Pick<TaskId, "project" | "domain" | "name">;
  readonly interface: TaskInterface;
  readonly cache: TaskSettings["cache"];
  /** `task.Inputs`. */
  readonly inputs: Uint8Array;
}): string {
  const { task, cache, inputs } = parts;
  const types = [
    parts.interface.inputs.map(({ name, type }) => [name, canonical(type)]),
    canonical(parts.interface.output ?? null),
  ];
  const key = [task.project, task.domain, task.name, types, cache.behavior, cache.version, cache.salt];
  return sha256(JSON.stringify([...key, inputsHash(inputs, cache.ignoredInputs)])).toString("hex");
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
