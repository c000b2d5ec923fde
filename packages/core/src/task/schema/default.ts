import { checkOf } from "../../schema/check-of.ts";
import { unionOf } from "./union-type.ts";
import { typeOf } from "./type-of.ts";
import type { InputVariable, ValueType } from "./value-type.ts";
import { defOf, part, sideOfPipe, type ZodSchema } from "./zod-schema.ts";

type TypeAndDefault = Pick<InputVariable, "type" | "default">;

/** The type of an input, and its default. */
export function typeAndDefaultOf(schema: ZodSchema, path: string): TypeAndDefault {
  const def = defOf(schema);
  switch (def.type) {
    case "default":
    case "prefault":
      return withDefault(schema, path);
    case "readonly":
    case "catch":
      return typeAndDefaultOf(part(def.innerType), path);
    case "pipe":
      return typeAndDefaultOf(sideOfPipe(def, "input"), path);
    case "nullable": {
      const inner = typeAndDefaultOf(part(def.innerType), path);
      return { ...inner, type: unionOf([inner.type, { kind: "none" }]) };
    }
    case "optional":
      return { type: typeOf(schema, "input", path), default: { value: null } };
    default:
      return optional(typeOf(schema, "input", path));
  }
}

/** Gives a type that includes undefined the default `null`, which stands for an input that is not given. */
function optional(type: ValueType): TypeAndDefault {
  return takesUndefined(type) ? { type, default: { value: null } } : { type };
}

function takesUndefined(type: ValueType): boolean {
  if (type.kind === "union") return type.variants.some((variant) => takesUndefined(variant));
  return type.kind === "none" && type.absent === true;
}

function withDefault(schema: ZodSchema, path: string): TypeAndDefault {
  const inner = part(defOf(schema).innerType);
  const type = typeOf(inner, "input", path);
  const constant = constantDefault(schema);
  if (constant?.value !== undefined && isInputOf(inner, schema, constant.value)) return { type, default: constant };
  // Only the schema itself knows: nothing is given to it, and it fills it in.
  return { type: unionOf([type, { kind: "none", absent: true }]), default: { value: null } };
}

/** The default, unless it is another each time it is asked for. */
function constantDefault(schema: ZodSchema): { readonly value: unknown } | undefined {
  const def = defOf(schema);
  const [one, other] = [def.defaultValue, def.defaultValue];
  const isNew = one instanceof Date && one !== other;
  return isNew || !isSame(one, other) ? undefined : { value: one };
}

/** True if a caller could give the default with the same effect. A transform's default is of its output. */
function isInputOf(inner: ZodSchema, schema: ZodSchema, value: unknown): boolean {
  const result = checkOf(inner)(value);
  if (result instanceof Promise || result.issues !== undefined) return false;
  return defOf(schema).type === "prefault" || isSame(result.value, value);
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  try {
    return typeof one === typeof other && JSON.stringify(one) === JSON.stringify(other);
  } catch {
    return false;
  }
}
