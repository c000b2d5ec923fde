import { fileURLToPath } from "node:url";

/** Where an error was thrown: the innermost place outside of Node and packages, as `file:line:column`, if its stack tells. */
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
