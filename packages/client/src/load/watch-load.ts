import { channel } from "node:diagnostics_channel";
import { rmSync } from "node:fs";
import { AppEnvError } from "@appenv/core";
import { endChannel } from "@appenv/core/internal";

const end = channel(endChannel);

/** A file whose top level runs. */
interface Loading {
  readonly path: string;
  /** Holds the bundle that runs. */
  readonly folder: string;
  readonly fail: (error: AppEnvError) => void;
}

const loading = new Set<Loading>();

/**
 * Runs the top level of a file, which may end the process, or wait for what never comes. The first is told on
 * `endChannel`, since nothing can be thrown any more.
 *
 * @param folder - Is removed if the process ends.
 * @throws AppEnvError LOAD_FAILED if nothing is left that could end the wait.
 */
export async function watchLoad<T>(path: string, folder: string, load: () => Promise<T>): Promise<T> {
  const { promise: stuck, reject: fail } = Promise.withResolvers<never>();
  const one: Loading = { path, folder, fail };
  // One listener for all files: apps may be loaded by the dozen.
  if (loading.size === 0) process.on("beforeExit", onStuck).on("exit", onExit);
  loading.add(one);
  try {
    return await Promise.race([load(), stuck]);
  } finally {
    loading.delete(one);
    if (loading.size === 0) process.off("beforeExit", onStuck).off("exit", onExit);
  }
}

function onStuck(): void {
  for (const { path, fail } of loading) fail(stuckError(path));
}

function onExit(code: number): void {
  for (const { path, folder } of loading) {
    rmSync(folder, { recursive: true, force: true });
    end.publish(exitError(path, code));
  }
}

function stuckError(path: string): AppEnvError {
  return new AppEnvError("LOAD_FAILED", `${path}: its top level awaits something that never comes.`, {
    fix: "Resolve what is awaited there, or await it in a handler or a task.",
  });
}

function exitError(path: string, code: number): AppEnvError {
  return new AppEnvError("LOAD_FAILED", `${path} ended the process with exit code ${code} while it was read.`, {
    fix: "Call `process.exit()` only in a handler or a task, or where `import.meta.main` is true.",
  });
}
