import {
  AppEnvError,
  isEnvironment,
  type AppEnvironment,
  type Environment,
  type Parameter,
  type ParameterOverrides,
  type ParameterValue,
  type ServeOptions,
} from "@appenv/core";
import {
  checkParameters,
  giveParameters,
  overrideParameters,
  type GivenParameter,
  didYouMean,
} from "@appenv/core/internal";
import type { AppLaunch } from "@appenv/protocol";
import { absolutePaths } from "../run/absolute-paths.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";

/** The parameters that the apps of a plan are given when they start. */
export class PlanParameters {
  readonly #roots: readonly Environment[];
  readonly #options: Pick<ServeOptions, "parameters" | "parameterValues">;
  readonly #parameters: Map<Environment, readonly Parameter[]> = new Map();

  /** @throws AppEnvError PARAMETER_FAILED, UNSUPPORTED for whatever can be found wrong before anything is served. */
  constructor(environments: readonly Environment[], roots: readonly Environment[], options: ServeOptions) {
    this.#roots = roots;
    this.#options = options;
    const apps = environments.filter((each): each is AppEnvironment => isEnvironment(each, "app"));
    refuseUnknown(Object.keys(options.parameterValues ?? {}), apps);
    const [name] = Object.keys(options.parameters ?? {});
    if (name !== undefined && !roots.some((root) => isEnvironment(root, "app"))) {
      throw new AppEnvError("PARAMETER_FAILED", `There is no app that the parameter '${name}' could be for.`, {
        fix: "Name its app: `--param APP.NAME=VALUE`, or `parameterValues` in code.",
      });
    }
    for (const app of apps) {
      const parameters = overrideParameters(app, this.#overrides(app));
      checkParameters(this.#owner(app), parameters);
      this.#parameters.set(app, parameters);
    }
  }

  /**
   * The parameters of an app, as they are given to its replicas.
   *
   * @throws AppEnvError PARAMETER_FAILED if an output of a run cannot be had.
   */
  of(app: AppEnvironment, controlPlane: ControlPlane): Promise<readonly GivenParameter[]> {
    const parameters = this.#parameters.get(app) ?? [];
    const here = controlPlane.embedded ? fromHere(parameters, this.#overrides(app)) : {};
    return giveParameters(
      this.#owner(app),
      overrideParameters({ name: app.name, parameters }, here),
      async (output) => {
        // Serving apps without such parameters does not load the messages of tasks.
        const { findRunOutput } = await import("../run/run-output.ts");
        return findRunOutput(controlPlane, output);
      },
    );
  }

  #overrides(app: AppEnvironment): ParameterOverrides {
    const { parameters, parameterValues = {} } = this.#options;
    const own = Object.hasOwn(parameterValues, app.name) ? parameterValues[app.name] : undefined;
    return { ...(this.#roots.includes(app) ? parameters : {}), ...own };
  }

  #owner(app: AppEnvironment): { readonly name: string; readonly isRoot: boolean } {
    return { name: app.name, isRoot: this.#roots.includes(app) };
  }
}

/** Overrides with absolute paths: a path that a person gives is relative to here, one in the code to where the app runs. */
function fromHere(parameters: readonly Parameter[], overrides: ParameterOverrides): ParameterOverrides {
  const stated = parameters.filter(({ name, download }) => download && Object.hasOwn(overrides, name));
  return Object.fromEntries(stated.map(({ name, value }) => [name, absolutePaths(value) as ParameterValue]));
}

function refuseUnknown(names: readonly string[], apps: readonly AppEnvironment[]): void {
  const unknown = names.find((name) => !apps.some((app) => app.name === name));
  if (unknown === undefined) return;
  throw new AppEnvError(
    "PARAMETER_FAILED",
    `Parameters are given for '${unknown}', which is no app of what is served.${didYouMean(
      unknown,
      apps.map(({ name }) => name),
    )}`,
    {
      fix: `Name one of its apps: ${apps.map(({ name }) => `'${name}'`).join(", ")}.`,
    },
  );
}

/** On a cluster nothing reads parameters in a container that runs another program. @throws AppEnvError UNSUPPORTED. */
export function checkReader(app: AppEnvironment, launch: AppLaunch, parameters: readonly GivenParameter[]): void {
  const isOther = launch.kind === "image" && (app.command.length > 0 || app.args.length > 0);
  if (!isOther || parameters.length === 0) return;
  throw new AppEnvError(
    "UNSUPPORTED",
    `'${app.name}' runs its own command in its image, where nothing reads parameters.`,
    {
      fix: "Use `envVars`, or serve it from the platform on this machine, which reads them for any command.",
    },
  );
}
