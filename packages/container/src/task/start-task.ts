import { AppEnvError } from "@appenv/core";
import type { ModuleExports } from "@appenv/runtime";
import { errorDocument } from "../bootstrap/error-document.ts";
import { writtenMessage } from "../bootstrap/run-task.ts";
import { openStorage } from "../storage/open-storage.ts";
import { StorageError } from "../storage/storage.ts";
import { Checkpoints } from "./checkpoints.ts";
import { ActionGateway } from "./gateway.ts";
import { openTransport } from "./open-transport.ts";
import { runAttempt } from "./run-attempt.ts";
import { readTaskArguments } from "./task-arguments.ts";

/**
 * Runs the attempt that this container was started for, and ends the process. What goes wrong before the code runs is written
 * as `error.pb` too.
 *
 * @param load - Imports the code that exports the environment.
 */
export async function startTask(load: () => Promise<ModuleExports>, words: readonly string[]): Promise<void> {
  const args = readTaskArguments(words, process.env);
  const storage = openStorage(process.env);
  const transport = await openTransport(process.env);
  const checkpoints = new Checkpoints(storage, args.checkpoints, args.previousCheckpoints);
  const gateway = new ActionGateway({ args, transport, storage, checkpoints });
  try {
    await runAttempt({ args, storage, checkpoints, gateway, load });
  } catch (error) {
    const isOurs = AppEnvError.is(error);
    const failure = {
      code: isOurs ? error.code : "START_FAILED",
      message: error instanceof Error ? error.message : String(error),
      recoverable: !isOurs || error instanceof StorageError,
      origin: "SYSTEM",
    } as const;
    process.stderr.write(`[${failure.code}] ${failure.message}\n`);
    await storage.put(`${args.outputs}/error.pb`, errorDocument(failure));
    process.send?.(writtenMessage);
  } finally {
    gateway.close();
  }
  // User code may have left timers or sockets.
  process.exit(0);
}
