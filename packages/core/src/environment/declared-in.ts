import { fileURLToPath } from "node:url";
import { isLibrary } from "../errors/own-code.ts";
import { util } from "../node-util.ts";

/**
 * The file whose code is constructing an environment, or undefined if it cannot be told (a REPL, for example).
 * It is the first caller that is neither AppEnv's own code nor Node's nor a library's.
 */
export function declaringFile(): string | undefined {
  for (const { scriptName } of util.getCallSites(32, { sourceMap: true })) {
    if (scriptName === "" || scriptName.startsWith("node:")) continue;
    const file = scriptName.startsWith("file:") ? fileURLToPath(scriptName) : scriptName;
    if (!isLibrary(file)) return file;
  }
  return undefined;
}
