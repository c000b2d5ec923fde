import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { registerHooks } from "node:module";
import type { Bundle } from "./bundle.ts";
import { listFiles } from "./project-files.ts";
import { language, pathsFor } from "./source-paths.ts";

/** Maximum number of files of a project that are kept. */
const mostModules = 5_000;

/**
 * A bundle that keeps its modules apart, and with them those that no import names: an app that loads its own files by
 * their paths would else have their imports twice, once in the bundle and once from the file. Undefined if the code
 * cannot be kept like that: then it is bundled as ever.
 *
 * @param folder - The project's.
 */
export async function moduleMap(made: Bundle, folder: string): Promise<string | undefined> {
  const listed = (await listFiles(folder)).map((file) => join(folder, file));
  // JSON that no import names may have been written by the app.
  const loaded = listed.filter((file) => extname(file) !== ".json");
  const files = [...new Set([...made.files, ...loaded])].filter((file) => isModule(file)).slice(0, mostModules);
  const modules: Record<string, KeptModule> = {};
  for (const file of files) {
    const kept = await keep(file).catch(() => undefined);
    if (kept !== undefined) modules[pathToFileURL(file).href] = kept;
    // Imported files must be there; any other file may be one that nobody loads.
    else if (made.files.includes(file)) return undefined;
  }
  return write(made, { modules, aliases: made.aliases });
}

function isModule(file: string): boolean {
  return /\.([cm]?[jt]sx?|json)$/.test(file) && !/\.d\.[cm]?ts$/.test(file) && !/[\\/]node_modules[\\/]/.test(file);
}

async function keep(file: string): Promise<KeptModule | undefined> {
  const source = readFileSync(file, "utf8");
  if (extname(file) === ".json") return ["json", source];
  const { parse, transform } = await import("rolldown/utils");
  const { program, errors } = await parse(file, source, { lang: language(file) });
  if (errors.length > 0) return undefined;
  const isTyped = language(file) !== "js";
  const format = formatOf(file, hasModuleSyntax(program));
  if (!isTyped) return [format, source];
  const paths = format === "module" ? pathsFor(program, source, file) : undefined;
  const { code, map, errors: failed, helpersUsed } = await transform(file, paths ?? source, { sourcemap: true });
  // Helpers are a package of their own that no project has.
  if (failed.length > 0 || Object.keys(helpersUsed).length > 0) return undefined;
  return [format, `${code}\n${mapComment({ ...map, sourcesContent: undefined, sources: [pathToFileURL(file).href] })}`];
}

function mapComment(map: object): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
}

/** The format of a file by Node's rules: its ending, else the nearest package.json, else its syntax. */
function formatOf(file: string, isModuleSyntax: boolean): "module" | "commonjs" {
  const ending = extname(file);
  if (ending.startsWith(".m")) return "module";
  if (ending.startsWith(".c")) return "commonjs";
  const stated = packageType(dirname(file));
  return stated ?? (isModuleSyntax ? "module" : "commonjs");
}

function packageType(folder: string): "module" | "commonjs" | undefined {
  const file = join(folder, "package.json");
  if (existsSync(file)) {
    const { type } = JSON.parse(readFileSync(file, "utf8")) as { readonly type?: unknown };
    return type === "module" || type === "commonjs" ? type : undefined;
  }
  return dirname(folder) === folder ? undefined : packageType(dirname(folder));
}

function hasModuleSyntax({ body }: { readonly body: readonly { readonly type: string }[] }): boolean {
  return body.some(({ type }) => /^(Import|Export)/.test(type));
}

function write({ source, exports }: Bundle, map: Parameters<typeof serveModules>[1]): string {
  const names = exports.filter((name) => name !== "default");
  return [
    'import { registerHooks } from "node:module";',
    `(${serveModules.toString()})(registerHooks, ${JSON.stringify(map)});`,
    `const app = await import(${JSON.stringify(pathToFileURL(source).href)});`,
    ...names.map((name, index) => `const export${index} = app[${JSON.stringify(name)}];`),
    `export { ${names.map((name, index) => `export${index} as ${JSON.stringify(name)}`).join(", ")} };`,
    ...(exports.includes("default") ? ["export default app.default;"] : []),
    "",
  ].join("\n");
}

/** A module as it was when the revision was made: its kind, and its code. */
export type KeptModule = readonly [format: "module" | "commonjs" | "json", code: string];

/** The parts of a map of modules. URLs are those of the sources. */
export interface ModuleMap {
  readonly modules: Readonly<Record<string, KeptModule>>;
  /** The URLs of files for import names that only the project's configuration knows. */
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * Makes Node load the kept modules under the URLs of their sources, so that each is one module for all that import it.
 * Its text is written into bundles, so it must use nothing from outside.
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
