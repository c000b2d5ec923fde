import { type AppDefinition, type AppId } from "@appenv/protocol";
import type { ReplicaAuth, ReplicaStart } from "@appenv/runtime";
import { parametersEnv } from "@appenv/protocol/internal";
import { launchEnv, localLaunch, type LaunchContext, type LocalLaunch } from "./launch.ts";
import type { Warming } from "./pool/process-pool.ts";
import { alsoHiding } from "../secrets/mask.ts";
import { secretEnv, type GivenSecrets } from "../secrets/give-secrets.ts";

/** Interval of a replica's load reports while there is load. */
const loadIntervalMs = 250;

/** The code of an app on this machine. @throws AppEnvError UNSUPPORTED, START_FAILED, LOAD_FAILED. */
function appLaunch(id: AppId, definition: AppDefinition, context: LaunchContext): LocalLaunch {
  if (definition.launch.kind === "image" && context.imageApps !== undefined) {
    return context.imageApps.launch(id, definition);
  }
  const { uri, environment, workdir, preload } = localLaunch({ what: "app", ...definition });
  return { file: context.bundleFile(uri), environment, workdir, preload, env: {} };
}

/** The message that makes a process a replica of an app. @throws AppEnvError UNSUPPORTED. */
export function replicaStart(
  app: { readonly id: AppId; readonly definition: AppDefinition; readonly port: number; readonly replica: string },
  auth: ReplicaAuth,
  secrets: Pick<GivenSecrets, "env">,
  context: LaunchContext,
): ReplicaStart {
  const { id, definition, port, replica } = app;
  const launch = appLaunch(id, definition, context);
  return {
    replica,
    app: id.name,
    launch: { file: launch.file, environment: launch.environment },
    workdir: launch.workdir,
    env: appEnv({ id, definition, port }, launch, secrets.env, context),
    port,
    auth,
    loadIntervalMs,
  };
}

/** The imports of a spare for an app; undefined if there is nothing to import. @throws AppEnvError MISSING_SECRET, SECRET_UNREADABLE. */
export function warmingOf(
  app: { readonly id: AppId; readonly definition: AppDefinition; readonly port: number },
  context: LaunchContext,
): Warming | undefined {
  const { id, definition } = app;
  if (definition.launch.kind === "image") return undefined;
  const launch = appLaunch(id, definition, context);
  if (launch.preload.length === 0) return undefined;
  const { env, mask } = secretEnv({ ...id, secrets: definition.secrets }, context.secrets);
  const ownEnv = appEnv(app, launch, env, context);
  const hidden = alsoHiding(mask, ownEnv["APPENV_API_TOKEN"]);
  const warming = { env: ownEnv, mask: hidden, workdir: launch.workdir, modules: launch.preload };
  return { ...warming, isOwn: isOwn(definition) };
}

/** True if env vars that are read when a process starts are for the replica itself; else they are for its command. */
export function isOwn({ launch }: AppDefinition): boolean {
  return launch.kind === "bundle" && launch.commandFiles === undefined;
}

/** @throws AppEnvError UNSUPPORTED if the app needs a container engine, MISSING_SECRET, SECRET_UNREADABLE. */
export function checkLaunch(id: AppId, definition: AppDefinition, context: LaunchContext): void {
  if (definition.launch.kind === "image") appLaunch(id, definition, context);
  // Secrets may be created later, as long as the app does not run yet.
  if (definition.desiredState === "active") secretEnv({ ...id, secrets: definition.secrets }, context.secrets);
}

function appEnv(
  { id, definition, port }: { readonly id: AppId; readonly definition: AppDefinition; readonly port: number },
  { environment, env: ownEnv }: Pick<LocalLaunch, "environment" | "env">,
  secrets: Readonly<Record<string, string>>,
  context: LaunchContext,
): Record<string, string> {
  const own = { app: id.name, environment };
  const subject = `app:${id.name}`;
  const env = launchEnv({ what: "app", ...id, envVars: definition.envVars, secretEnv: secrets, own, subject }, context);
  // A program of an image has its parameters among its words.
  const parameters = definition.launch.kind === "image" ? {} : parametersEnv(definition);
  return { ...env, ...ownEnv, ...parameters, PORT: String(port) };
}
