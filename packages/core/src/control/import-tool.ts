import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError } from "../errors/appenv-error.ts";

/** Kept on the global object, so that all copies of this package see the same tools. */
const given: unique symbol = Symbol.for("appenv.tools") as never;

/** Imports of packages, by the name of their entry. */
export type Tools = Readonly<Record<string, () => Promise<unknown>>>;

/** Gives `importTool` packages that are no files of their own, as those of an uploaded bundle. */
export function giveTools(tools: Tools): void {
  (globalThis as { [given]?: Tools })[given] = tools;
}

/**
 * Imports one of AppEnv's own packages that core does not depend on, so that importing an adapter stays cheap.
 * The package is one that `giveTools` was given; else it is looked for beside core, beside the running script and in the current directory, each time also among the
 * dependencies of the `appenv` package, which brings them all.
 *
 * @throws AppEnvError MISSING_PACKAGE if it is nowhere.
 */
export async function importTool<T>(name: string): Promise<T> {
  const tool = (globalThis as { [given]?: Tools })[given]?.[name];
  if (tool !== undefined) return (await tool()) as T;
  for (const base of [import.meta.url, process.argv[1], join(process.cwd(), "index.js")]) {
    if (base === undefined) continue;
    const file = resolveFrom(base, name) ?? resolveThroughCli(base, name);
    if (file !== undefined) return (await import(pathToFileURL(file).href)) as T;
  }
  throw new AppEnvError("MISSING_PACKAGE", `This call needs the package '${packageOf(name)}', which is not installed.`);
}

/** `@appenv/client` of its entry `@appenv/client/internal`. */
function packageOf(entry: string): string {
  return entry.split("/").slice(0, 2).join("/");
}

function resolveThroughCli(base: string, name: string): string | undefined {
  const cli = resolveFrom(base, "appenv");
  return cli === undefined ? undefined : resolveFrom(cli, name);
}

function resolveFrom(base: string, name: string): string | undefined {
  try {
    return createRequire(base).resolve(name);
  } catch {
    return undefined;
  }
}
