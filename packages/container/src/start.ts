import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { giveTools, type Tools } from "@appenv/core/internal";
import type { ModuleExports } from "@appenv/runtime";

/** Code that was uploaded. */
export interface UploadedCode {
  /** Files that the code reads: their contents in base64, by their places from the URL of the code. */
  readonly files: { readonly contents: Readonly<Record<string, string>>; readonly beside: string };
  /** Imports the file that exports the environments. */
  readonly load: () => Promise<ModuleExports>;
  /** Packages that the code may ask for while it runs, beside the runtime. */
  readonly tools: Tools;
}

/**
 * Starts what this container is for, an app or an attempt of a task: the arguments say which. Called by uploaded code, which
 * the bootstrap has started as `node FILE app|task ARGUMENTS...`.
 */
export async function start({ load, tools, files }: UploadedCode): Promise<void> {
  giveTools({ ...tools, "@appenv/runtime": () => import("@appenv/runtime") });
  await writeFiles(files);
  const [, , kind, ...words] = process.argv;
  if (kind === "task") {
    const { startTask } = await import("./task/start-task.ts");
    return startTask(load, words);
  }
  const { startApp } = await import("./app/start-app.ts");
  await startApp(load, words);
}

async function writeFiles({ contents, beside }: UploadedCode["files"]): Promise<void> {
  for (const [place, content] of Object.entries(contents)) {
    const path = fileURLToPath(new URL(place, beside));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, "base64");
  }
}
