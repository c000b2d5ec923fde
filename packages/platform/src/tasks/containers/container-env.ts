import type { ActionId } from "@appenv/protocol";
import type { ContainerStart } from "@appenv/engine";
import { launchEnv, type LaunchContext } from "../../replicas/launch.ts";
import { processEnv } from "../../replicas/pool/process-env.ts";
import type { RunFiles } from "./run-files.ts";

/** The identity of an action's program towards the API. */
export function actionSubject({ run, action }: Pick<ActionId, "run" | "action">): string {
  return `action:${run}/${action}`;
}

/** Env vars by which the program of a container finds its action and the API, as Flyte's executor sets them. */
export function containerEnv(
  { spec, attempt }: Pick<ContainerStart, "spec" | "attempt">,
  id: ActionId,
  secretEnv: Readonly<Record<string, string>>,
  { launch, files }: { readonly launch: LaunchContext; readonly files: RunFiles },
): Record<string, string> {
  const { definition, project, domain } = spec;
  const envVars = { ...definition.envVars, ...attempt.envVars };
  const subject = actionSubject(id);
  return processEnv({
    ...launchEnv({ what: "task", project, domain, envVars, secretEnv, subject }, launch),
    RUN_NAME: id.run,
    ACTION_NAME: id.action,
    FLYTE_INTERNAL_EXECUTION_ID: id.run,
    FLYTE_INTERNAL_TASK_PROJECT: project,
    FLYTE_INTERNAL_TASK_DOMAIN: domain,
    FLYTE_INTERNAL_TASK_NAME: `${definition.environment}.${definition.taskName}`,
    FLYTE_INTERNAL_TASK_VERSION: spec.version,
    FLYTE_ATTEMPT_NUMBER: String(attempt.attempt - 1),
    _F_PN: `${id.run}-${id.action}-${attempt.attempt - 1}`,
    _U_RUN_BASE: files.base(id),
    _U_ORG_NAME: "local",
    // Flyte's SDKs want no scheme here.
    _U_EP_OVERRIDE: launch.apiEndpoint.replace(/^https?:\/\//, ""),
    _U_USE_ACTIONS: "1",
    FSSPEC_FILE: JSON.stringify({ auto_mkdir: true }),
  });
}
