import { channel } from "node:diagnostics_channel";
import { AppEnvError } from "@appenv/core";
import { endChannel } from "@appenv/core/internal";

const end = channel(endChannel);

/**
 * Runs the top level of a file, which may end the process, or wait for what never comes. The first is told on
 * `endChannel`, since nothing can be thrown any more.
 *
 * @throws AppEnvError LOAD_FAILED if nothing is left that could end the wait.
 */
export async function watchLoad<T>(path: string, load: () => Promise<T>): Promise<T> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  const onStuck = (): void => reject(stuckError(path));
  const onExit = (code: number): void => end.publish(exitError(path, code));
  process.once("beforeExit", onStuck).once("exit", onExit);
  try {
    return await Promise.race([load(), stuck]);
  } finally {
    process.off("beforeExit", onStuck).off("exit", onExit);
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
