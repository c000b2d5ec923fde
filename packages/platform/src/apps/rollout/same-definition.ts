import type { AppDefinition } from "@appenv/protocol";

/** Whether a definition equals the stored one. A revision that was forced once does not force the next one. */
export function isSameDefinition(wanted: AppDefinition, { forced, ...kept }: AppDefinition): boolean {
  const { forced: asked, ...rest } = wanted;
  if (asked !== undefined && asked !== forced) return false;
  return JSON.stringify(rest) === JSON.stringify(kept);
}
