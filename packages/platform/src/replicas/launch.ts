import { AppEnvError } from "@appenv/core";
import { quantityValue } from "@appenv/core/internal";
import type { AppDefinition, AppId, AppLaunch, ResourceAmount } from "@appenv/protocol";
import type { SecretSource } from "../secrets/give-secrets.ts";
import type { TokenIssuer } from "../secrets/tokens/token-issuer.ts";
import { knownApps, type OwnApp } from "./known-apps.ts";
import type { OnMove } from "./moves.ts";
import type { Replays } from "../inbox/replays.ts";
import type { NotesHub } from "./notes-hub.ts";

/** The platform, as far as processes that run an environment need it. */
export interface LaunchContext {
  /** The platform's own API. */
  readonly apiEndpoint: string;
  /** The file of an uploaded bundle. */
  readonly bundleFile: (uri: string) => string;
  /** The directory of compiled code. */
  readonly compileCache: string;
  /** The endpoint of an app. Default: always unknown. */
  readonly endpointOf?: (app: AppId) => string | undefined;
  /** The reason why an app cannot be reached; undefined if it can. Default: always unknown. */
  readonly unreachable?: (app: AppId) => string | undefined;
  /** Tells when an app answers somewhere else, or nowhere any more, until the returned function is called. */
  readonly onMove?: OnMove;
  /** Apps with images. Default: they cannot run. */
  readonly imageApps?: ImageApps;
  /** Makes the token that an app or a task environment shows to the API. Default: they have none. */
  readonly apiToken?: (app: { readonly subject: string; readonly project: string; readonly domain: string }) => string;
  /** True if the API asks also processes of this user for their token. Default false. */
  readonly requiresToken?: boolean;
  /** Signs the tokens with which apps call one another. Default: there are none. */
  readonly tokens?: TokenIssuer;
  /** Tells apps which replays are the platform's. Default: there are none. */
  readonly replays?: Replays;
  /** Takes what processes observe. Default: nobody does. */
  readonly notes?: NotesHub;
  /** The source of secrets. Default: only the platform's own env vars. */
  readonly secrets?: SecretSource;
}

/** The code of an app as a replica runs it. */
export interface LocalLaunch {
  /** The module that exports the environment. */
  readonly file: string;
  /** The environment's own name. */
  readonly environment: string;
  readonly workdir: string;
  /** Module URLs that a spare process may import beforehand. */
  readonly preload: readonly string[];
  /** Env vars, beside those of every app. */
  readonly env: Readonly<Record<string, string>>;
}

/** Apps whose container's program runs on this machine. */
export interface ImageApps {
  /** Makes what the app needs on this machine, which may take minutes. @throws AppEnvError UNSUPPORTED, START_FAILED. */
  prepare(launch: Extract<AppLaunch, { kind: "image" }>, say: (text: string) => void): Promise<void>;
  /** The code of an app that was prepared. @throws AppEnvError UNSUPPORTED, START_FAILED, LOAD_FAILED. */
  launch(id: AppId, definition: AppDefinition): LocalLaunch;
}

/** An environment, as far as its processes are concerned. */
export interface Launched {
  /** For messages: what is launched. */
  readonly what: "app" | "task";
  readonly project: string;
  readonly domain: string;
  readonly launch: AppLaunch;
  readonly envVars: Readonly<Record<string, string>>;
  /** The values of its secrets, by env var. */
  readonly secretEnv: Readonly<Record<string, string>>;
  /** The app it is a replica of. */
  readonly own?: OwnApp;
  /** Identity towards the API: `app:NAME` or `task-environment:NAME`. */
  readonly subject: string;
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

/** The env vars of an environment's processes, beside those that belong to the machine. */
export function launchEnv(launched: Omit<Launched, "launch">, context: LaunchContext): Record<string, string> {
  return {
    ...launched.envVars,
    ...launched.secretEnv,
    ...knownApps(launched, context.endpointOf),
    FLYTE_INTERNAL_EXECUTION_PROJECT: launched.project,
    FLYTE_INTERNAL_EXECUTION_DOMAIN: launched.domain,
    _U_EP_OVERRIDE: context.apiEndpoint,
    ...(context.apiToken === undefined ? {} : { APPENV_API_TOKEN: context.apiToken(launched) }),
    _U_INSECURE: "true",
    APPENV_COMPILE_CACHE: context.compileCache,
  };
}

/** The memory a process may use, in bytes; undefined if there is no limit. */
export function memoryLimit({ resources }: { readonly resources: readonly ResourceAmount[] }): number | undefined {
  const memory = resources.find(({ name }) => name === "memory");
  return memory === undefined ? undefined : quantityValue(memory.limit, "resources.memory");
}
