import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty directory that is deleted when the test is over. */
export function tempDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "appenv-local-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
