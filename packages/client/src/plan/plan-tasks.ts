import { AppEnvError, plan, type TaskEnvironment } from "@appenv/core";
import type { TaskId } from "@appenv/protocol";
import { fromTaskSpec, toTaskIdentifier, type TaskSpec } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { taskApi } from "../run/api.ts";
import type { Rolling } from "../serve/rolling.ts";
import { prepareTasks, type PreparedTask } from "../task/deploy-tasks.ts";
import { latestVersion } from "../task/task.ts";
import { changesBetween, type Change } from "./changes.ts";
import { comparable } from "./comparable.ts";
import type { PlannedItem } from "./deployment-plan.ts";

/** The plan of an environment's tasks, and of their triggers. @throws AppEnvError as `deploy`. */
export async function planTasks(environment: TaskEnvironment, rolling: Rolling): Promise<readonly PlannedItem[]> {
  const { roots, controlPlane, launches } = rolling;
  const owners = roots.filter((root) => plan([root]).includes(environment));
  const prepared = await Promise.all(owners.map((root) => prepareTasks(environment, root, controlPlane, launches)));
  const unique = new Map(prepared.flat().map((task) => [task.id.name, task]));
  const items = await Promise.all([...unique.values()].map((task) => planTask(task, controlPlane)));
  return items.flat();
}

async function planTask({ id, request }: PreparedTask, controlPlane: ControlPlane): Promise<readonly PlannedItem[]> {
  const there = await newest(controlPlane, id);
  const changes = there === undefined || request.spec === undefined ? [] : changesOf(there, id, request.spec);
  const action = there === undefined ? "create" : changes.length === 0 ? "none" : "change";
  const known = there === undefined ? [] : await triggersOf(controlPlane, id.name);
  const triggers = request.triggers.map(({ name }): PlannedItem => {
    // A control plane does not tell enough of a trigger to say that it stays as it is.
    return {
      kind: "trigger",
      name: `${id.name}/${name}`,
      action: known.includes(name) ? "change" : "create",
      changes: [],
    };
  });
  const isSame = action === "none";
  return [
    { kind: "task", name: id.name, action, changes },
    ...triggers.map((trigger) =>
      isSame && trigger.action === "change" ? { ...trigger, action: "none" as const } : trigger,
    ),
  ];
}

interface Newest {
  readonly version: string;
  readonly spec: TaskSpec | undefined;
}

/** The version that was deployed last; undefined if there is none. */
async function newest(controlPlane: ControlPlane, { name }: TaskId): Promise<Newest | undefined> {
  try {
    const version = await latestVersion(controlPlane, name);
    const { project, domain } = controlPlane;
    const taskId = toTaskIdentifier({ project, domain, name, version });
    const { details } = await taskApi(controlPlane).tasks.getTaskDetails({ taskId });
    return { version, spec: details?.spec };
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return undefined;
    throw error;
  }
}

function changesOf(there: Newest, { version }: TaskId, spec: TaskSpec): readonly Change[] {
  const [before, after] = [there.spec && fromTaskSpec(there.spec), fromTaskSpec(spec)];
  return [
    ...changesBetween({ version: there.version }, { version }),
    ...changesBetween(before && comparable(before), after && comparable(after)),
  ];
}

async function triggersOf(controlPlane: ControlPlane, task: string): Promise<readonly string[]> {
  const { project, domain } = controlPlane;
  const { triggers } = await taskApi(controlPlane).triggers.listTriggers({
    request: { limit: 100 },
    scopeBy: { case: "taskName", value: { project, domain, name: task } },
  });
  return triggers.map(({ id }) => id?.name?.name ?? "");
}
