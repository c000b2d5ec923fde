import { AppEnvError, type RunOptions, type TaskFunction } from "@appenv/core";
import type { Run } from "@appenv/client/tasks";

type ClientModule = typeof import("@appenv/client/tasks");

let loaded: Promise<ClientModule> | undefined;

/** Loads what starts runs: better before the first delivery than with it. */
export function loadClient(): Promise<ClientModule> {
  return (loaded ??= import("@appenv/client/tasks"));
}

/**
 * Starts a run of a task: in a replica of what is deployed under its name, elsewhere as `run` does.
 *
 * @throws AppEnvError INVALID_INPUT, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, NOT_FOUND, UNREACHABLE.
 */
export async function startRun(task: TaskFunction, inputs: unknown, options: RunOptions): Promise<Run> {
  const client = await loadClient();
  const start = (): Promise<Run> => client.run(task, inputs ?? {}, options);
  try {
    return await start();
  } catch (error) {
    // With a key a second try cannot make a second run.
    if (options.idempotencyKey === undefined || !AppEnvError.is(error, "UNREACHABLE")) throw error;
    return start();
  }
}
