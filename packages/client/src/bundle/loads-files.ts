import type { Plugin } from "rolldown";

/** What code reads files by, or loads code by, that stand beside it: no bundle can tell which. */
const signs =
  /\b__(dirname|filename)\b|\bimport\.meta\.(url|dirname|filename|resolve)\b|\bcreateRequire\b|\b(import|require)\s*\(\s*[^\s"'`)]/;

/** What code loads other code of the project by, whose paths no import names. */
const codeSigns =
  /\b(import|require)\s*\(\s*[^\s"'`)]|@fastify\/autoload|fastify-autoload|\brequire-(all|dir|directory)\b/;

/** What is found. */
export interface Loads {
  loadsFiles: boolean;
  loadsCode: boolean;
}

/** Notes if a module of the project may load files of its folder while it runs, or code. */
export function findLoads(loads: Loads): Plugin {
  return {
    name: "appenv:find-loads",
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/ },
      handler(code, id) {
        if (id.startsWith("\0")) return null;
        loads.loadsCode ||= codeSigns.test(code);
        loads.loadsFiles ||= loads.loadsCode || signs.test(code);
        return null;
      },
    },
  };
}
