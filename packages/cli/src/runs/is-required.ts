import type { InputVariable } from "@appenv/core/internal";

/** Whether a task cannot do without an input. */
export function isRequired({ preset, type }: Pick<InputVariable, "preset" | "type">): boolean {
  const mayBeLeftOut = type.kind === "union" && type.variants.some(({ kind }) => kind === "none");
  return preset === undefined && !mayBeLeftOut;
}
