import { AppEnvError, quantityValue } from "@appenv/core";
import type { AppDefinition, AppId } from "@appenv/protocol";
import type { ReplicaAuth, ReplicaStart } from "@appenv/runtime";
import type { Warming } from "../replicas/process-pool.ts";

/** What an app's replicas need of the platform. */
export interface LaunchContext {
  /** The platform's own API. */
  readonly apiEndpoint: string;
  /** The file of an uploaded bundle. */
  readonly bundleFile: (uri: string) => string;
  /** Where compiled code is kept. */
  readonly compileCache: string;
}

/** How often replicas report load while there is any. */
const loadIntervalMs = 250;

/** The message that makes a process a replica of an app. @throws AppEnvError MISSING_SECRET, UNSUPPORTED. */
export function replicaStart(
  app: { readonly id: AppId; readonly definition: AppDefinition; readonly port: number; readonly replica: string },
  auth: ReplicaAuth,
  context: LaunchContext,
): ReplicaStart {
  const { id, definition, port, replica } = app;
  const launch = localLaunch(definition);
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
  const launch = localLaunch(definition);
  if (launch.preload.length === 0) return undefined;
  return { env: appEnv(id, definition, port, context), workdir: launch.workdir, modules: launch.preload };
}

/** The memory a replica may use, in bytes; undefined if there is no limit. */
export function memoryLimit({ resources }: AppDefinition): number | undefined {
  const memory = resources.find(({ name }) => name === "memory");
  return memory === undefined ? undefined : quantityValue(memory.limit, "resources.memory");
}

/** @throws AppEnvError UNSUPPORTED if the app needs a container engine. */
export function checkLaunch(definition: AppDefinition): void {
  localLaunch(definition);
  secretsOf(definition);
}

function localLaunch({ launch }: AppDefinition): Exclude<AppDefinition["launch"], { kind: "image" }> {
  if (launch.kind !== "image") return launch;
  throw new AppEnvError(
    "UNSUPPORTED",
    `The platform on this machine runs no containers, and the app asks for the image '${launch.image}'.`,
    {
      fix: "Serve the app with `appenv serve FILE`, or deploy it to a cluster.",
    },
  );
}

function appEnv(id: AppId, definition: AppDefinition, port: number, context: LaunchContext): Record<string, string> {
  return {
    ...definition.envVars,
    ...secretsOf(definition),
    PORT: String(port),
    FLYTE_INTERNAL_EXECUTION_PROJECT: id.project,
    FLYTE_INTERNAL_EXECUTION_DOMAIN: id.domain,
    _U_EP_OVERRIDE: context.apiEndpoint,
    _U_INSECURE: "true",
    APPENV_COMPILE_CACHE: context.compileCache,
  };
}

/** Values are read from the platform's own env vars when a replica starts, and are stored nowhere. */
function secretsOf({ secrets }: AppDefinition): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { key, envVar } of secrets) {
    if (envVar === undefined) {
      throw new AppEnvError(
        "UNSUPPORTED",
        `The secret '${key}' is to be mounted as a file, which the platform on this machine cannot do.`,
        {
          fix: "Take the secret as an env var: leave out `mount`.",
        },
      );
    }
    const value = process.env[envVar];
    if (value === undefined) {
      throw new AppEnvError(
        "MISSING_SECRET",
        `The secret '${key}' is not there: the env var ${envVar} is not set where the platform was started.`,
      );
    }
    values[envVar] = value;
  }
  return values;
}
