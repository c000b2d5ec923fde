import { isBuiltin } from "node:module";
import type { InputOptions } from "rolldown";

/** The oldest Node that bundles run on, which is not always the one that bundles: it does not know `using`. */
export const target = "node22.19";

/** The way Node finds modules, with TypeScript's endings. */
export const resolution: InputOptions["resolve"] & {} = {
  conditionNames: ["node", "module-sync"],
  mainFields: ["main"],
  extensionAlias: { ".js": [".js", ".ts", ".tsx"], ".mjs": [".mjs", ".mts"], ".cjs": [".cjs", ".cts"] },
};

/** Node's own module of a name, as a bundle imports it; undefined for any other name. */
export function builtin(specifier: string): { readonly id: string; readonly external: true } | undefined {
  if (!isBuiltin(specifier)) return undefined;
  return { id: specifier.startsWith("node:") ? specifier : `node:${specifier}`, external: true };
}
