import { create } from "@bufbuild/protobuf";
import { ContainerSchema, KeyValuePairSchema, type Container } from "@appenv-internal/flyteidl2";
import type { AppDefinition, AppLaunch } from "../app-definition.ts";

/** The first word of a container that is a replica of AppEnv. */
export const replicaCommand: string = "appenv-replica";

/** Env vars in which the spec carries what Flyte's messages have no field for; env survives on every server. */
export const workdirVariable: string = "APPENV_WORKDIR";
/** See `workdirVariable`. A JSON list of module URLs. */
export const preloadVariable: string = "APPENV_PRELOAD";
/** See `workdirVariable`. */
export const commandFilesVariable: string = "APPENV_COMMAND_FILES";

/**
 * The URI of the code that a launch needs: an image's program, as those of Flyte's Python SDK, names it in an argument.
 * Undefined if it needs none.
 */
export function bundleOf(launch: AppLaunch): string | undefined {
  if (launch.kind === "bundle") return launch.uri;
  const words = [...launch.command, ...launch.args];
  const flag = words.findIndex((word) => word === "--tgz" || word === "--pkl");
  return flag === -1 ? undefined : words[flag + 1];
}

/** The container of a definition, without ports and resources. */
export function toContainer({ launch, envVars }: Pick<AppDefinition, "launch" | "envVars">): Container {
  const env = Object.entries({ ...envVars, ...launchEnv(launch) });
  return create(ContainerSchema, {
    ...launchWords(launch),
    env: env.map(([key, value]) => create(KeyValuePairSchema, { key, value })),
  });
}

function launchWords(launch: AppLaunch): { image?: string; command?: string[]; args?: string[] } {
  if (launch.kind === "bundle") {
    return { args: [replicaCommand, "--bundle", launch.uri, "--environment", launch.environment] };
  }
  return { image: launch.image, command: [...launch.command], args: [...launch.args] };
}

function launchEnv(launch: AppLaunch): Record<string, string> {
  if (launch.kind === "image") return {};
  const { workdir, preload, commandFiles } = launch;
  const files = commandFiles === undefined ? {} : { [commandFilesVariable]: commandFiles };
  return { [workdirVariable]: workdir, [preloadVariable]: JSON.stringify(preload), ...files };
}

/**
 * The launch of a container, and its env without AppEnv's own variables.
 *
 * @param command - The first word of a container that runs a bundle.
 */
export function fromContainer(
  container: Container,
  command: string = replicaCommand,
): Pick<AppDefinition, "launch" | "envVars"> {
  const all = new Map(container.env.map(({ key, value }) => [key, value]));
  const launch = readLaunch(container, command, all);
  if (launch === undefined) return { launch: readImage(container), envVars: Object.fromEntries(all) };
  for (const name of [workdirVariable, preloadVariable, commandFilesVariable]) all.delete(name);
  return { launch, envVars: Object.fromEntries(all) };
}

function readLaunch(container: Container, command: string, env: ReadonlyMap<string, string>): AppLaunch | undefined {
  const workdir = env.get(workdirVariable);
  const commandFiles = env.get(commandFilesVariable);
  const [first, bundleFlag, uri, environmentFlag, environment] = container.args;
  const isReplica = first === command && bundleFlag === "--bundle" && environmentFlag === "--environment";
  if (!isReplica || uri === undefined || environment === undefined || workdir === undefined) return undefined;
  const launch = { kind: "bundle", uri, environment, workdir, preload: readPreload(env.get(preloadVariable)) } as const;
  return commandFiles === undefined ? launch : { ...launch, commandFiles };
}

function readImage({ image, command, args }: Container): AppLaunch {
  return { kind: "image", image, command: [...command], args: [...args] };
}

function readPreload(json: string | undefined): readonly string[] {
  try {
    const value: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}
