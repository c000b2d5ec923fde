import type { Plugin } from "rolldown";

/** What code reads files by, or loads code by, that stand beside it: no bundle can tell which. */
const signs =
  /\b__(dirname|filename)\b|\bimport\.meta\.(url|dirname|filename|resolve)\b|\bcreateRequire\b|\b(import|require)\s*\(\s*[^\s"'`)]/;

/** Calls `found` if a module of the project may load files of its folder while it runs. */
export function findLoads(found: () => void): Plugin {
  return {
    name: "appenv:find-loads",
    transform: {
      filter: { code: signs, id: /\.[cm]?[jt]sx?$/ },
      handler(_code, id) {
        if (!id.startsWith("\0")) found();
        return null;
      },
    },
  };
}
