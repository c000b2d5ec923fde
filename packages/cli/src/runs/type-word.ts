import type { ValueType } from "@appenv/core/internal";

/** A type as the help shows it, for example `integer`, `red|green` or `json`. */
export function typeWord(type: ValueType): string {
  switch (type.kind) {
    case "enum":
      return type.values.join("|");
    case "list":
    case "map":
    case "struct":
      return "json";
    case "file":
    case "dir":
      return "path";
    case "union": {
      const words = type.variants.filter(({ kind }) => kind !== "none").map((variant) => typeWord(variant));
      return [...new Set(words)].join("|") || "null";
    }
    default:
      return type.kind === "none" ? "null" : type.kind;
  }
}

/** Whether an option of it may stand alone, which means true. */
export function isSwitch(type: ValueType): boolean {
  if (type.kind === "boolean") return true;
  return type.kind === "union" && type.variants.every(({ kind }) => kind === "boolean" || kind === "none");
}
