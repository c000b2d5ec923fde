import {
  AppEnvError,
  appContext,
  callerCredentials,
  readTaskInput,
  run,
  type RunHandle,
  type RunOptions,
  type TaskFunction,
} from "@appenv/core";
import type { Task } from "@appenv/client/tasks";

/** How long a deployed task is taken as the latest one, so that a storm of requests does not ask for it each time. */
const keptMs = 1_000;

interface Kept {
  readonly task: Promise<Task>;
  readonly until: number;
}

const deployed = new Map<string, Kept>();

/**
 * Starts a run of a task: in a replica of what is deployed under its name, elsewhere as `run` does.
 *
 * @throws AppEnvError INVALID_INPUT, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, NOT_FOUND, UNREACHABLE.
 */
export async function startRun(task: TaskFunction, inputs: unknown, options: RunOptions): Promise<RunHandle> {
  if (appContext().mode === "local") return run(task as TaskFunction<object>, (inputs ?? {}) as object, options);
  // The schema says more than the types that the control plane knows.
  await readTaskInput(task, inputs);
  const start = async (): Promise<RunHandle> =>
    (await deployedTask(task.fullName)).run((inputs ?? {}) as Readonly<Record<string, unknown>>, options);
  try {
    return await start();
  } catch (error) {
    if (!mayPass(error, options)) throw error;
    deployed.delete(task.fullName);
    return start();
  }
}

/** What is deployed under a task's name: of all within a moment the same one. */
export function deployedTask(name: string): Promise<Task> {
  // What one caller may see another may not.
  if (callerCredentials() !== undefined) return findTask(name);
  const kept = deployed.get(name);
  if (kept !== undefined && kept.until > performance.now()) return kept.task;
  const task = findTask(name);
  deployed.set(name, { task, until: performance.now() + keptMs });
  task.catch(() => deployed.delete(name));
  return task;
}

async function findTask(name: string): Promise<Task> {
  const { Task } = await import("@appenv/client/tasks");
  return Task.get(name);
}

/** Whether what was kept may be outdated, and a second try cannot make a second run. */
function mayPass(error: unknown, { idempotencyKey }: RunOptions): boolean {
  if (AppEnvError.is(error, "NOT_FOUND") || AppEnvError.is(error, "LOAD_FAILED")) return true;
  return AppEnvError.is(error, "UNREACHABLE") && idempotencyKey !== undefined;
}
