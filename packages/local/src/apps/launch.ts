import type { AppDefinition, AppId } from "@appenv/protocol";
import type { ReplicaAuth, ReplicaStart } from "@appenv/runtime";
import { launchEnv, localLaunch, secretsOf, type LaunchContext } from "../replicas/launch.ts";
import type { Warming } from "../replicas/process-pool.ts";

/** How often replicas report load while there is any. */
const loadIntervalMs = 250;

/** The message that makes a process a replica of an app. @throws AppEnvError MISSING_SECRET, UNSUPPORTED. */
export function replicaStart(
  app: { readonly id: AppId; readonly definition: AppDefinition; readonly port: number; readonly replica: string },
  auth: ReplicaAuth,
  context: LaunchContext,
): ReplicaStart {
  const { id, definition, port, replica } = app;
  const launch = localLaunch({ what: "app", ...definition });
  return {
    replica,
    app: id.name,
    launch: { file: context.bundleFile(launch.uri), environment: launch.environment },
    workdir: launch.workdir,
    env: appEnv(id, definition, port, context),
    port,
    auth,
    loadIntervalMs,
  };
}

/** What a spare imports for an app; undefined if there is nothing to import. @throws AppEnvError MISSING_SECRET. */
export function warmingOf(
  id: AppId,
  definition: AppDefinition,
  port: number,
  context: LaunchContext,
): Warming | undefined {
  const launch = localLaunch({ what: "app", ...definition });
  if (launch.preload.length === 0) return undefined;
  return { env: appEnv(id, definition, port, context), workdir: launch.workdir, modules: launch.preload };
}

/** @throws AppEnvError UNSUPPORTED if the app needs a container engine, MISSING_SECRET. */
export function checkLaunch(definition: AppDefinition): void {
  localLaunch({ what: "app", ...definition });
  secretsOf(definition.secrets);
}

function appEnv(id: AppId, definition: AppDefinition, port: number, context: LaunchContext): Record<string, string> {
  const { envVars, secrets } = definition;
  return { ...launchEnv({ what: "app", ...id, envVars, secrets }, context), PORT: String(port) };
}
