import { realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "rolldown";
import type { MissingPackage } from "./bundle-error.ts";
import { builtin } from "./resolution.ts";

/** Observations made while imports are resolved. */
export interface Resolved {
  /** The files of packages. */
  readonly outside: Set<string>;
  /** The URLs of the project's files that are imported by a name, such as a path of tsconfig. */
  readonly aliases: Record<string, string>;
  /** The first package that was not found; rolldown passes on no more than the text of an error. */
  missing?: MissingPackage;
}

/** Leaves packages out of a bundle, and imports them from where they really are. */
export function keepPackagesOutside(resolved: Resolved): Plugin {
  const { outside, aliases } = resolved;
  return {
    name: "appenv:keep-packages-outside",
    async resolveId(specifier, importer, options) {
      if (importer === undefined) return null;
      const ofNode = builtin(specifier);
      if (ofNode !== undefined) return ofNode;
      const found = await this.resolve(specifier, importer, { ...options, skipSelf: true });
      if (found === null) {
        // A missing dynamic import or `require` may be meant to fail; a missing static one ends the program.
        if (options.kind === "import-statement" && isPackage(specifier)) {
          resolved.missing ??= { name: packageName(specifier), importer };
          throw new Error(`The package '${resolved.missing.name}' is not installed.`);
        }
        return null;
      }
      if (found.external !== false || !isAbsolute(found.id)) return found;
      const file = realpathSync(found.id);
      if (!staysOutside(specifier, file)) {
        if (!/^[./]/.test(specifier) && !isAbsolute(specifier)) aliases[specifier] = pathToFileURL(file).href;
        return found;
      }
      outside.add(file);
      return { id: reference(file, options.kind), external: "absolute" };
    },
  };
}

/**
 * AppEnv's own packages stay outside even where they are linked from a checkout: a replica holds the runtime loaded,
 * and both must be the same copy.
 */
function staysOutside(specifier: string, file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file) || file.endsWith(".node") || /^(@appenv\/|appenv($|\/))/.test(specifier);
}

/** `require` takes no URL, `import` no Windows path. */
function reference(file: string, kind: string): string {
  return kind === "require-call" ? file : pathToFileURL(file).href;
}

function isPackage(specifier: string): boolean {
  return /^(@[^/]+\/)?[^./#@][^:]*$/.test(specifier);
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Names in code that reads or loads files beside it; a bundle cannot tell which files. */
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

/** Notes whether modules of the project may load files of its folder, or code, while they run. */
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
