import type { AppDefinition } from "@appenv/protocol";

/** Whether a definition asks for what is kept already. Whoever forces a revision once does not mean the next one. */
export function isSameDefinition(wanted: AppDefinition, { forced, ...kept }: AppDefinition): boolean {
  const { forced: asked, ...rest } = wanted;
  if (asked !== undefined && asked !== forced) return false;
  return JSON.stringify(rest) === JSON.stringify(kept);
}
