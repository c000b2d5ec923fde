import { fileURLToPath } from "node:url";

/** The place where an error was thrown, as `file:line:column`: the innermost one outside of Node and packages, if its stack has one. */
export function placeOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const line of stack.split("\n")) {
    if (/[ (]node:/.test(line)) continue;
    const [, path, position] =
      /^\s+at .*?\(?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+:\d+)\)?$/.exec(line) ?? [];
    if (path === undefined || /[\\/]node_modules[\\/]/.test(path)) continue;
    return `${path.startsWith("file:") ? fileURLToPath(path) : path}:${position}`;
  }
  return undefined;
}
