import {
  AppEnvError,
  appContext,
  plan,
  type RunOptions,
  type ControlPlaneOptions,
  type TaskEnvironment,
  type TaskFunction,
} from "@appenv/core";
import { readTaskInput } from "@appenv/core/internal";
import type { TaskId } from "@appenv/protocol";
import { rollOut } from "../serve/roll-out.ts";
import { connect, type ConnectOptions, type ControlPlane } from "../control-plane/connect.ts";
import { startRun, readInputs } from "./start-run.ts";
import { held } from "./held.ts";
import { keepUp } from "./keep-up.ts";
import { onceInRun } from "./run-key.ts";
import { runDeployed } from "./run-deployed.ts";
import type { Run } from "./run.ts";

/**
 * Starts a run of a task, which is deployed first with all it depends on, once for a process. Inside a replica or a
 * worker, what is deployed under the task's name is run.
 *
 * @throws AppEnvError INVALID_INPUT, RUN_EXISTS, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, UNREACHABLE, UNSUPPORTED.
 */
export async function runTask(task: TaskFunction, inputs: unknown, given: RunOptions): Promise<Run> {
  const encoded = readInputs(task.interface, inputs);
  const options = onceInRun(given, task.fullName, encoded);
  // The schema says more than the types that the control plane knows.
  await readTaskInput(task, inputs);
  const place = placeOf(options);
  if (appContext().mode === "remote") return runDeployed(task, encoded, options, place);
  const key = keyOf(task.environment, place);
  const start = (controlPlane: ControlPlane, tasks: readonly TaskId[]) =>
    startDeployed(task, controlPlane, tasks, { encoded, options });
  // Whoever comes first deploys: nothing is waited for in between.
  const known = deployed.get(task.environment)?.get(key);
  const before = known === undefined ? undefined : await known;
  if (before !== undefined) {
    const controlPlane = await connect(place);
    try {
      return await held(controlPlane, () => start(controlPlane, before));
    } catch (error) {
      // The state of the platform may have been deleted meanwhile.
      if (!AppEnvError.is(error, "NOT_FOUND") && !AppEnvError.is(error, "LOAD_FAILED")) throw error;
    }
  }
  const rolling = rollOut([task.environment], { ...place, wait: "all" });
  remember(
    task.environment,
    key,
    rolling.then(({ tasks }) => tasks),
  );
  const { controlPlane, tasks, release } = await rolling;
  return start(controlPlane, tasks).finally(release);
}

type Place = ConnectOptions & Pick<RunOptions, "onNote"> & { readonly start: "while-held" };

/** What this process has deployed, or is deploying: its code does not change while it runs. */
const deployed = new WeakMap<TaskEnvironment, Map<string, Promise<readonly TaskId[] | undefined>>>();

function remember(environment: TaskEnvironment, key: string, deploying: Promise<readonly TaskId[]>): void {
  const known = deployed.get(environment) ?? new Map<string, Promise<readonly TaskId[] | undefined>>();
  deployed.set(environment, known);
  const settled = deploying.catch(() => {
    known.delete(key);
    return undefined;
  });
  known.set(key, settled);
}

/** Where it is deployed, and what: tasks and dependencies may still be added. */
function keyOf(environment: TaskEnvironment, { endpoint, local, project, domain }: ControlPlaneOptions): string {
  const shape = plan([environment]).map((each) => [
    each.name,
    "tasks" in each ? (each as TaskEnvironment).tasks.size : 0,
  ]);
  return JSON.stringify([endpoint, local, project, domain, process.cwd(), shape]);
}

async function startDeployed(
  task: TaskFunction,
  controlPlane: ControlPlane,
  tasks: readonly TaskId[],
  { encoded, options }: { readonly encoded: Uint8Array; readonly options: RunOptions },
): Promise<Run> {
  const id = tasks.find(({ name }) => name === task.fullName);
  if (id === undefined) throw new Error(`${task.fullName} is not among the tasks of '${task.environment.name}'.`);
  const run = await startRun(controlPlane, { task: id, interface: task.interface, inputs: encoded, options });
  keepUp(controlPlane, run);
  return run;
}

/** Names of runs and apps are different things. */
function placeOf({ endpoint, local, project, domain, onNote, onProgress }: RunOptions): Place {
  return {
    start: "while-held",
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local === undefined ? {} : { local }),
    ...(project === undefined ? {} : { project }),
    ...(domain === undefined ? {} : { domain }),
    ...(onNote === undefined ? {} : { onNote }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}
