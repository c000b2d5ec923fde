import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A program of the system that a test needs. */
export interface SystemProgram {
  /** The path of the program; undefined if it is missing. */
  readonly path?: string;
  /** The sentence for people if it is missing. */
  readonly missing?: string;
}

/** Other names under which a program may be installed. */
const names: Readonly<Record<string, readonly string[]>> = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
};

/**
 * Looks for a program, and says on stderr if it is not there.
 *
 * @example
 * const chromium = systemProgram("chromium");
 * describe.skipIf(chromium.missing)("the page", () => ...);
 */
export function systemProgram(name: string): SystemProgram {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const paths = (names[name] ?? [name]).flatMap((file) => folders.map((folder) => join(folder, file)));
  const path = paths.find(isExecutable);
  if (path !== undefined) return { path };
  const missing = `${name} is not installed, so the tests that need it are skipped: npm run setup:system`;
  process.stderr.write(`${missing}\n`);
  return { missing };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
