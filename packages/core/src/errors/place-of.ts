import { fileURLToPath } from "node:url";
import { isLibrary } from "./own-code.ts";

/** The place where an error was thrown, as `file:line:column`: the innermost one in the user's code, if its stack has one. */
export function placeOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const line of stack.split("\n")) {
    if (/[ (]node:/.test(line)) continue;
    const [, path, position] =
      /^\s+at .*?\(?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+:\d+)\)?$/.exec(line) ?? [];
    if (path === undefined) continue;
    const file = path.startsWith("file:") ? fileURLToPath(path) : path;
    if (!isLibrary(file)) return `${file}:${position}`;
  }
  return undefined;
}
