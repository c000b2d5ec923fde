import { AppEnvError, type RunOptions, type TaskFunction } from "@appenv/core";
import type { Run } from "@appenv/client/tasks";

let loaded: Promise<typeof import("@appenv/client/tasks")> | undefined;

/**
 * Starts a run of a task: in a replica of what is deployed under its name, elsewhere as `run` does.
 *
 * @throws AppEnvError INVALID_INPUT, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, NOT_FOUND, UNREACHABLE.
 */
export async function startRun(task: TaskFunction, inputs: unknown, options: RunOptions): Promise<Run> {
  const client = await (loaded ??= import("@appenv/client/tasks"));
  const start = (): Promise<Run> => client.run(task, inputs ?? {}, options);
  try {
    return await start();
  } catch (error) {
    // With a key a second try cannot make a second run.
    if (options.idempotencyKey === undefined || !AppEnvError.is(error, "UNREACHABLE")) throw error;
    return start();
  }
}
