import type { InputVariable, OutputType, ValueType } from "@appenv/core/internal";

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

/** The output of a task as `appenv get task` shows it: of several, the type of each. */
export function outputWord(type: OutputType): string {
  if (type.kind !== "outputs") return typeWord(type);
  return type.of.map(({ name, type: one }) => `${name}: ${typeWord(one)}`).join(", ");
}

/** Tells whether an option of this type may stand alone, which means true. */
export function isSwitch(type: ValueType): boolean {
  if (type.kind === "boolean") return true;
  return type.kind === "union" && type.variants.every(({ kind }) => kind === "boolean" || kind === "none");
}

/** Tells whether a task cannot do without an input. */
export function isRequired({ default: byDefault, type }: Pick<InputVariable, "default" | "type">): boolean {
  const mayBeLeftOut = type.kind === "union" && type.variants.some(({ kind }) => kind === "none");
  return byDefault === undefined && !mayBeLeftOut;
}
