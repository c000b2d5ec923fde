import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** True if a program is found by its name. */
export function isInstalled(program: string): boolean {
  return programPath(program) !== undefined;
}

/** The file of a program; undefined if it is not found by its name. */
export function programPath(program: string): string | undefined {
  const paths = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
