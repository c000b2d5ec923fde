import type { AppEnvironment } from "../environment/app-environment.ts";
import type { Environment } from "../environment/environment.ts";
import type { ParameterOverrides } from "../parameters/override.ts";
import type { Duration } from "../values/duration.ts";
import { controlPlaneOptionNames, type ControlPlaneOptions, type ProgressAbout } from "./control-plane.ts";
import { importTool } from "./import-tool.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Options of `serve` and `deploy`. */
export interface ServeOptions extends ControlPlaneOptions {
  /** The app's name on the control plane. Default: the environment's. */
  readonly name?: string;
  /** Env vars beside the environment's own; these win. */
  readonly envVars?: Readonly<Record<string, string>>;
  /**
   * Values of the app's parameters, by name, that win over the declared ones. A text stands for a value of the declared
   * kind, so a path is a `FlyteFile` where one was declared.
   */
  readonly parameters?: ParameterOverrides;
  /** The same for any app of the plan, by the environment's name: `{ backend: { model: "large" } }`. */
  readonly parameterValues?: Readonly<Record<string, ParameterOverrides>>;
  /** Requests of 100 that the new revision gets at first, instead of the environment's `traffic.latest`. */
  readonly traffic?: number;
  /**
   * The way the code gets to a cluster: `loaded_modules` uploads it with its packages, `none` means that the image has it.
   * Default `loaded_modules`. The platform on this machine takes the code from where it is. Source: Flyte's `copy_style`.
   */
  readonly copyStyle?: "loaded_modules" | "none";
  /** Makes a new revision even if nothing has changed. Default false. */
  readonly force?: boolean;
  /** Time limit until the app can answer. Default 60 seconds. */
  readonly activateTimeout?: Duration;
  /** Receives notes for people, for example about options that the control plane ignores. Default: `onProgress`. */
  readonly onNote?: (message: string) => void;
  /** Receives progress for people; `about`: the environment of the plan that it concerns, if only one. */
  readonly onProgress?: (message: string, about?: ProgressAbout) => void;
}

const names: OptionNames<ServeOptions> = {
  ...controlPlaneOptionNames,
  name: true,
  envVars: true,
  parameters: true,
  parameterValues: true,
  traffic: true,
  activateTimeout: true,
  copyStyle: true,
  force: true,
  onNote: true,
  onProgress: true,
};

/** A served app. */
export interface AppHandle {
  /** The app's name. */
  readonly name: string;
  /** Its page in the console. */
  readonly url: string;
  /** The URL at which the app answers. */
  readonly endpoint: string;
  /** Starts it again after `deactivate`, and waits until it can answer. */
  activate(): Promise<void>;
  /** Stops it; it stays on the control plane. */
  deactivate(): Promise<void>;
  /** Removes it. */
  delete(): Promise<void>;
}

/** The exports of `@appenv/client` that serve. */
interface ServingClient {
  serve(environment: AppEnvironment, options: ServeOptions): Promise<AppHandle>;
  deploy(environments: readonly Environment[], options: ServeOptions): Promise<readonly AppHandle[]>;
}

/**
 * Serves an app and all it depends on, and resolves when it can answer. If no control plane is configured and no
 * platform runs on this machine, one is started in this process and ends with it.
 *
 * @throws AppEnvError with the reason, if the app does not become ready; what served before goes on serving.
 */
export async function serve(environment: AppEnvironment, options: ServeOptions = {}): Promise<AppHandle> {
  checkOptions(options, "serve", names);
  return (await importTool<ServingClient>("@appenv/client")).serve(environment, options);
}

/**
 * Registers apps and tasks, and all they depend on, with a control plane that runs already: each when the apps it depends
 * on can answer. What nothing else depends on is not waited for.
 */
export async function deploy(
  environments: Environment | readonly Environment[],
  options: ServeOptions = {},
): Promise<readonly AppHandle[]> {
  checkOptions(options, "deploy", names);
  const client = await importTool<ServingClient>("@appenv/client");
  return client.deploy([environments].flat() as Environment[], options);
}
