import type { Plugin } from "rolldown";

/** Names in code that finds files by its own place. */
const signs = /\b__(dirname|filename)\b|\bimport\.meta\.(dirname|filename)\b|\bnew URL\([^)]*\bimport\.meta\.url\b/;

/** Notes the modules of a project that seem to read files beside them, which no bundle has. */
export function findFileReads(found: Set<string>, isOwn: (id: string) => boolean): Plugin {
  return {
    name: "appenv:find-file-reads",
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/, code: signs },
      handler(_code, id) {
        if (isOwn(id)) found.add(id);
        return null;
      },
    },
  };
}
