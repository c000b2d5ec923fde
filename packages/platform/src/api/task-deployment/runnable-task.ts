import { AppEnvError } from "@appenv/core";
import type { TaskDefinition } from "@appenv/protocol";
import { fromTaskSpec, type TaskSpec } from "@appenv/protocol/tasks";
import { localLaunch } from "../../replicas/launch.ts";

/**
 * A task that can run here. Others are refused when they are deployed, as apps are, and not when somebody runs them.
 *
 * @throws AppEnvError UNSUPPORTED.
 */
export function readRunnableTask(spec: TaskSpec, name: string): TaskDefinition {
  const definition = fromTaskSpec(spec);
  if (definition !== undefined) {
    localLaunch({ what: "task", launch: definition.launch });
    return definition;
  }
  const type = spec.taskTemplate?.type ?? "";
  throw new AppEnvError(
    "UNSUPPORTED",
    `The platform on this machine runs tasks of AppEnv, without containers; '${name}' is of another SDK, its type is '${type}'.`,
    { fix: "Deploy it to a Flyte cluster." },
  );
}
