import { fileURLToPath } from "node:url";
import { AppEnvError } from "@appenv/core";

/** The error of a file that threw while it was run: what was thrown, and where in the user's own code. */
export function loadError(file: string, error: unknown): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new AppEnvError("LOAD_FAILED", `${place(error) ?? file}: ${what}`, { cause: error });
}

/** The innermost stack frame outside of Node and packages, as `file:line:column`. */
function place(error: unknown): string | undefined {
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
