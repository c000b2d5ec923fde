import type { registerHooks } from "node:module";

/** A module as it was when the revision was made: its kind, and its code. */
export type KeptModule = readonly [format: "module" | "commonjs" | "json", code: string];

/** The parts of a map of modules. URLs are those of the sources. */
export interface ModuleMap {
  readonly modules: Readonly<Record<string, KeptModule>>;
  /** The URLs of files for import names that only the project's configuration knows. */
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * Lets Node take these modules as they are kept, under the URLs of their sources: each is one module for all that import it.
 * Its text is written into bundles, so it uses nothing from outside of it.
 */
export function serveModules(register: typeof registerHooks, { modules, aliases }: ModuleMap): void {
  const endings = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];
  /** As TypeScript finds files: without their endings, and by that of the compiled file. */
  const find = (specifier: string, parent: string | undefined): string | undefined => {
    if (Object.hasOwn(aliases, specifier)) return aliases[specifier];
    if (parent === undefined || !/^\.{0,2}\//.test(specifier)) return undefined;
    const { href } = new URL(specifier, parent);
    const bases = [href, href.replace(/\.([cm]?)jsx?$/, ".$1ts"), href.replace(/\.jsx?$/, ".tsx")];
    const candidates = [...bases, ...endings.map((ending) => href + ending)];
    return candidates.find((url) => Object.hasOwn(modules, url));
  };
  register({
    resolve(specifier, context, next) {
      const url = find(specifier, context.parentURL);
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
    load(url, context, next) {
      const kept = Object.hasOwn(modules, url) ? modules[url] : undefined;
      if (kept === undefined) return next(url, context);
      return { format: kept[0], source: kept[1], shortCircuit: true };
    },
  });
}
