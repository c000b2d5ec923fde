import { appContext, readTaskInput, type RunOptions, type TargetOptions, type TaskFunction } from "@appenv/core";
import { rollOut } from "../serve/roll-out.ts";
import { Task } from "../task/task.ts";
import { createRun, readInputs } from "./create-run.ts";
import { keepUp } from "./keep-up.ts";
import type { Run } from "./run.ts";

/**
 * Starts a run of a task, which is deployed first with all it depends on. Inside a replica or a worker, what is deployed
 * under the task's name is run.
 *
 * @throws AppEnvError INVALID_INPUT, RUN_EXISTS, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, UNREACHABLE, UNSUPPORTED.
 */
export async function runTask(task: TaskFunction, inputs: unknown, options: RunOptions): Promise<Run> {
  const encoded = readInputs(task.interface, inputs);
  // The schema says more than the types that the control plane knows.
  await readTaskInput(task, inputs);
  const place = targetOf(options);
  if (appContext().mode === "remote") return (await Task.get(task.fullName, place)).runEncoded(encoded, options);
  const { target, tasks, release } = await rollOut([task.environment], { ...place, start: "while-held", wait: true });
  try {
    const id = tasks.find(({ name }) => name === task.fullName);
    if (id === undefined) throw new Error(`${task.fullName} is not among the tasks of '${task.environment.name}'.`);
    const run = await createRun(target, { task: id, interface: task.interface, inputs: encoded, options });
    keepUp(target, run);
    return run;
  } finally {
    release();
  }
}

/** Names of runs and apps are different things. */
function targetOf({ endpoint, local, project, domain, onProgress }: RunOptions): TargetOptions {
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local === undefined ? {} : { local }),
    ...(project === undefined ? {} : { project }),
    ...(domain === undefined ? {} : { domain }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}
