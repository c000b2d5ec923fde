import type { InputVariable } from "@appenv/core/internal";

/** Whether a task cannot do without an input. */
export function isRequired({ default: byDefault, type }: Pick<InputVariable, "default" | "type">): boolean {
  const mayBeLeftOut = type.kind === "union" && type.variants.some(({ kind }) => kind === "none");
  return byDefault === undefined && !mayBeLeftOut;
}
