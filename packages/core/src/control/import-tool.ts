import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError } from "../errors/appenv-error.ts";

/**
 * Imports one of AppEnv's own packages that core does not depend on, so that importing an adapter stays cheap.
 * The package is looked for beside core, beside the running script and in the current directory, each time also among the
 * dependencies of the `appenv` package, which brings them all.
 *
 * @throws AppEnvError MISSING_PACKAGE if it is nowhere.
 */
export async function importTool<T>(name: string): Promise<T> {
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
