import { fileURLToPath } from "node:url";
import { isLibrary } from "../errors/own-code.ts";
import { util } from "../node-util.ts";

/**
 * Returns a function that tells the file whose code is calling now, or undefined if it cannot be told (a REPL, for example).
 * It is the first caller that is neither AppEnv's own code nor Node's nor a library's.
 *
 * The file is found out only when it is asked for. That reads the whole source map of a bundle, which in a container, where nobody
 * asks, was a good part of a task's start.
 */
export function declaringFile(): () => string | undefined {
  const sites: readonly Site[] = util.getCallSites(32, { sourceMap: false });
  let found: { readonly file: string | undefined } | undefined;
  return () => (found ??= { file: firstOwn(sites) }).file;
}

type Site = Pick<ReturnType<typeof util.getCallSites>[number], "scriptName" | "lineNumber" | "columnNumber">;

function firstOwn(sites: readonly Site[]): string | undefined {
  for (const site of sites) {
    const source = sourceOf(site);
    if (source === "" || source.startsWith("node:")) continue;
    const file = source.startsWith("file:") ? fileURLToPath(source) : source;
    if (!isLibrary(file)) return file;
  }
  return undefined;
}

/** The script of a call, or what it was made of if Node has its source map. */
function sourceOf({ scriptName, lineNumber, columnNumber }: Site): string {
  const { findSourceMap } = process.getBuiltinModule("node:module");
  const entry = findSourceMap(scriptName)?.findEntry(lineNumber - 1, columnNumber - 1);
  return entry !== undefined && "originalSource" in entry ? entry.originalSource : scriptName;
}
