import type { ActionId } from "@appenv/protocol";
import type { ContainerStart } from "@appenv/engine";
import { endpointWithToken } from "../../api/access/path-token.ts";
import { launchEnv, type LaunchContext } from "../../replicas/launch.ts";
import { processEnv } from "../../replicas/pool/process-env.ts";
import { actionSubject } from "./action-subject.ts";
import type { RunFiles } from "./run-files.ts";

/** Flyte gives no scheme; a token has its place in a whole URL. */
function endpointFor(
  principal: Parameters<NonNullable<LaunchContext["apiToken"]>>[0],
  { apiEndpoint, apiToken, requiresToken = false }: LaunchContext,
): string {
  if (requiresToken && apiToken !== undefined) return endpointWithToken(apiEndpoint, apiToken(principal));
  return apiEndpoint.replace(/^https?:\/\//, "");
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
    _U_EP_OVERRIDE: endpointFor({ subject, project, domain }, launch),
    _U_USE_ACTIONS: "1",
    FSSPEC_FILE: JSON.stringify({ auto_mkdir: true }),
  });
}
