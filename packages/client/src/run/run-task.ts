import {
  appContext,
  AppEnvError,
  plan,
  type RunOptions,
  type ControlPlaneOptions,
  type TaskPlace,
  type TaskFunction,
} from "@appenv/core";
import { readTaskInput } from "@appenv/core/internal";
import type { TaskId } from "@appenv/protocol";
import { connect, type ConnectOptions } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held } from "../control-plane/held.ts";
import { definedOnly } from "../defined-only.ts";
import { rollOut } from "../serve/roll-out.ts";
import { Task } from "../task/task.ts";
import type { Run } from "./run.ts";
import { onceInRun, readInputs, startRun } from "./start-run.ts";

/**
 * Starts a run of a task. It is deployed first with all it depends on, once in a process; inside a replica or a worker,
 * the version that was deployed last under the task's name runs.
 *
 * @throws AppEnvError INVALID_INPUT, RUN_EXISTS, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, UNREACHABLE, UNSUPPORTED.
 */
export async function runTask(task: TaskFunction, inputs: unknown, given: RunOptions): Promise<Run> {
  const encoded = readInputs(task.interface, inputs);
  const options = onceInRun(given, task.fullName, encoded);
  // The schema says more than the types that the control plane knows.
  await readTaskInput(task, inputs);
  return onDeployed(task, options, (controlPlane, id, type) =>
    startRun(controlPlane, {
      task: id,
      interface: type,
      inputs: encoded,
      options,
      defaultNotify: task.settings.notify,
    }),
  );
}

/** Starts something of a task that is deployed. */
export type StartDeployed<T> = (controlPlane: ControlPlane, id: TaskId, type: TaskFunction["interface"]) => Promise<T>;

/**
 * Calls back with the task as it is deployed: it is deployed first with all it depends on, once in a process; inside a
 * replica or a worker it is the version that was deployed last under the task's name.
 */
export async function onDeployed<T>(task: TaskFunction, options: RunOptions, start: StartDeployed<T>): Promise<T> {
  const place = placeOf(options);
  if (appContext().mode === "remote") return onNewest(task, place, start);
  const startOf = (controlPlane: ControlPlane, tasks: readonly TaskId[]): Promise<T> => {
    const id = tasks.find(({ name }) => name === task.fullName);
    if (id === undefined) throw new Error(`${task.fullName} is not among the tasks of '${task.environment.name}'.`);
    return start(controlPlane, id, task.interface);
  };
  // Nothing is awaited between this look and `remember` below, so only the first of several calls deploys.
  const deployment = keyOf(task.environment, place);
  const known = deployed.get(task.environment)?.get(deployment);
  const before = known === undefined ? undefined : await known;
  if (before !== undefined) {
    const controlPlane = await connect(place);
    try {
      return await held(controlPlane, () => startOf(controlPlane, before));
    } catch (error) {
      // The platform's state may have been deleted meanwhile.
      if (!AppEnvError.is(error, "NOT_FOUND") && !AppEnvError.is(error, "LOAD_FAILED")) throw error;
    }
  }
  const rolling = rollOut([task.environment], { ...place, wait: "all" });
  const deploying = rolling.then(({ tasks }) => tasks);
  remember(task.environment, deployment, deploying);
  const { controlPlane, tasks, release } = await rolling;
  return startOf(controlPlane, tasks).finally(release);
}

type Place = ConnectOptions & Pick<RunOptions, "onNote"> & { readonly start: "while-held" };

/** Without `name`, which names the run here, and would name an app in `rollOut`. */
function placeOf({ endpoint, local, project, domain, onNote, onProgress }: RunOptions): Place {
  return { start: "while-held", ...definedOnly({ endpoint, local, project, domain, onNote, onProgress }) };
}

/** The tasks that this process has deployed, or is deploying: its code does not change while it runs. */
const deployed = new WeakMap<TaskPlace, Map<string, Promise<readonly TaskId[] | undefined>>>();

function remember(environment: TaskPlace, key: string, deploying: Promise<readonly TaskId[]>): void {
  const known = deployed.get(environment) ?? new Map<string, Promise<readonly TaskId[] | undefined>>();
  deployed.set(environment, known);
  const settled = deploying.catch(() => {
    known.delete(key);
    return undefined;
  });
  known.set(key, settled);
}

/** The place and the shape of a deployment: tasks and dependencies may still be added to an environment. */
function keyOf(environment: TaskPlace, { endpoint, local, project, domain }: ControlPlaneOptions): string {
  const shape = plan([environment]).map((each) => [each.name, "tasks" in each ? (each as TaskPlace).tasks.size : 0]);
  return JSON.stringify([endpoint, local, project, domain, process.cwd(), shape]);
}

/** Calls back with the version that was deployed last under a task's name. @throws AppEnvError NOT_FOUND. */
async function onNewest<T>(task: TaskFunction, place: Place, start: StartDeployed<T>): Promise<T> {
  const controlPlane = await recentControlPlane(place);
  if (!controlPlane.embedded) {
    const found = await Task.get(task.fullName, place);
    return held(controlPlane, () => start(controlPlane, found.id, found.interface));
  }
  // The embedded platform knows which version is the last one.
  const id = { project: controlPlane.project, domain: controlPlane.domain, name: task.fullName, version: "" };
  return held(controlPlane, () => start(controlPlane, id, task.interface));
}

/** Time for which a replica's control plane is used without reading the configuration again, in milliseconds. */
const keptMs = 1_000;

const recent = new Map<string, { readonly controlPlane: Promise<ControlPlane>; readonly until: number }>();

function recentControlPlane(place: Place): Promise<ControlPlane> {
  const { endpoint, local, project, domain } = place;
  const key = JSON.stringify([endpoint, local, project, domain]);
  const known = recent.get(key);
  if (known !== undefined && known.until > performance.now()) return known.controlPlane;
  const controlPlane = connect(place);
  recent.set(key, { controlPlane, until: performance.now() + keptMs });
  controlPlane.catch(() => recent.delete(key));
  return controlPlane;
}
