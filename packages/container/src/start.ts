import { giveTools, type Tools } from "@appenv/core/internal";
import type { ModuleExports } from "@appenv/runtime";

/** Code that was uploaded. */
export interface UploadedCode {
  /** Imports the file that exports the environments. */
  readonly load: () => Promise<ModuleExports>;
  /** Packages that the code may ask for while it runs, beside the runtime. */
  readonly tools: Tools;
}

/**
 * Starts what this container is for, an app or an attempt of a task: the arguments say which. Called by uploaded code, which
 * the bootstrap has started as `node FILE app|task ARGUMENTS...`.
 */
export async function start({ load, tools }: UploadedCode): Promise<void> {
  giveTools({ ...tools, "@appenv/runtime": () => import("@appenv/runtime") });
  const [, , kind, ...words] = process.argv;
  if (kind === "task") {
    const { startTask } = await import("./task/start-task.ts");
    return startTask(load, words);
  }
  const { startApp } = await import("./app/start-app.ts");
  await startApp(load, words);
}
