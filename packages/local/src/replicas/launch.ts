import { AppEnvError, quantityValue } from "@appenv/core";
import type { AppLaunch, ResourceAmount, SecretReference } from "@appenv/protocol";

/** What processes that run an environment need of the platform. */
export interface LaunchContext {
  /** The platform's own API. */
  readonly apiEndpoint: string;
  /** The file of an uploaded bundle. */
  readonly bundleFile: (uri: string) => string;
  /** Where compiled code is kept. */
  readonly compileCache: string;
}

/** An environment, as far as its processes are concerned. */
export interface Launched {
  /** For messages: what is launched. */
  readonly what: "app" | "task";
  readonly project: string;
  readonly domain: string;
  readonly launch: AppLaunch;
  readonly envVars: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretReference[];
}

/** @throws AppEnvError UNSUPPORTED if it needs a container engine. */
export function localLaunch({
  what,
  launch,
}: Pick<Launched, "what" | "launch">): Exclude<AppLaunch, { kind: "image" }> {
  if (launch.kind !== "image") return launch;
  throw new AppEnvError(
    "UNSUPPORTED",
    `The platform on this machine runs no containers, and the ${what} asks for the image '${launch.image}'.`,
    {
      fix: {
        app: "Serve the app with `appenv serve FILE`, or deploy it to a cluster.",
        task: "Run the task with `appenv run FILE TASK`, or deploy it to a cluster.",
      }[what],
    },
  );
}

/** The env vars of an environment's processes, beside those that belong to the machine. @throws AppEnvError MISSING_SECRET, UNSUPPORTED. */
export function launchEnv(launched: Omit<Launched, "launch">, context: LaunchContext): Record<string, string> {
  return {
    ...launched.envVars,
    ...secretsOf(launched.secrets),
    FLYTE_INTERNAL_EXECUTION_PROJECT: launched.project,
    FLYTE_INTERNAL_EXECUTION_DOMAIN: launched.domain,
    _U_EP_OVERRIDE: context.apiEndpoint,
    _U_INSECURE: "true",
    APPENV_COMPILE_CACHE: context.compileCache,
  };
}

/** The memory a process may use, in bytes; undefined if there is no limit. */
export function memoryLimit({ resources }: { readonly resources: readonly ResourceAmount[] }): number | undefined {
  const memory = resources.find(({ name }) => name === "memory");
  return memory === undefined ? undefined : quantityValue(memory.limit, "resources.memory");
}

/** An amount of memory, for people. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/**
 * Values are read from the platform's own env vars when a process starts, and are stored nowhere.
 *
 * @throws AppEnvError MISSING_SECRET, UNSUPPORTED.
 */
export function secretsOf(secrets: readonly SecretReference[]): Record<string, string> {
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
