import type { Plugin } from "rolldown";

/** Names in code that reads or loads files beside it: a bundle cannot tell which files. */
const signs =
  /\b__(dirname|filename)\b|\bimport\.meta\.(url|dirname|filename|resolve)\b|\bcreateRequire\b|\b(import|require)\s*\(\s*[^\s"'`)]/;

/** Names in code that loads other code of the project by paths that no import names. */
const codeSigns =
  /\b(import|require)\s*\(\s*[^\s"'`)]|@fastify\/autoload|fastify-autoload|\brequire-(all|dir|directory)\b/;

/** The findings about a source. */
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
