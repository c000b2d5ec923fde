import type { ValueType } from "./value-type.ts";

/** One of several types, as simple as it can be said: nested unions and enums become one, nothing comes last. */
export function unionOf(types: readonly ValueType[]): ValueType {
  const flat = types.flatMap((type) => (type.kind === "union" ? type.variants : [type]));
  const unique = [...new Map(joinEnums(flat).map((type) => [JSON.stringify(type), type])).values()];
  const variants = [...unique.filter(({ kind }) => kind !== "none"), ...noneOf(unique)];
  const [only] = variants;
  return variants.length === 1 && only !== undefined ? only : { kind: "union", variants };
}

/** All enums as one, where the first is. */
function joinEnums(types: readonly ValueType[]): readonly ValueType[] {
  const values = types.flatMap((type) => (type.kind === "enum" ? type.values : []));
  const joined: ValueType = { kind: "enum", values: [...new Set(values)] };
  return types.map((type) => (type.kind === "enum" ? joined : type));
}

/** If both null and undefined are possible, one type stands for both; what is written tells them apart. */
function noneOf(types: readonly ValueType[]): readonly ValueType[] {
  const nones = types.filter(({ kind }) => kind === "none");
  return nones.length < 2 ? nones : [{ kind: "none" }];
}
