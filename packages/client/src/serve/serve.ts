import { AppEnvError, type AppEnvironment, type AppHandle, type Environment, type ServeOptions } from "@appenv/core";
import type { TaskId } from "@appenv/protocol";
import type { App } from "../app/app.ts";
import { rollOut } from "./roll-out.ts";

/**
 * Serves an app and all it depends on, and resolves when it can answer. See `serve` of `@appenv/core`.
 *
 * @throws AppEnvError with the reason, if an app does not become ready.
 */
export async function serve(environment: AppEnvironment, options: ServeOptions = {}): Promise<App> {
  const { apps, release } = await rollOut([environment], { ...options, start: true, wait: "all" });
  release();
  const app = apps.at(-1);
  if (app === undefined) throw new AppEnvError("CONTROL_PLANE", `'${environment.name}' was not served.`);
  return app;
}

/**
 * Registers apps and tasks and all they depend on. What nothing else depends on is not waited for. See `deploy` of
 * `@appenv/core`.
 */
export async function deploy(
  environments: readonly Environment[],
  options: ServeOptions = {},
): Promise<readonly AppHandle[]> {
  return (await deployAll(environments, options)).apps;
}

/** The apps and tasks that were registered with a control plane. */
export interface Deployed {
  readonly apps: readonly App[];
  readonly tasks: readonly DeployedTask[];
}

/** A task that was registered. */
export interface DeployedTask extends TaskId {
  /** Its page in the console. */
  readonly url: string;
}

/** As `deploy`; also gives the tasks that were registered. */
export async function deployAll(environments: readonly Environment[], options: ServeOptions = {}): Promise<Deployed> {
  const { apps, tasks, controlPlane, release } = await rollOut(environments, {
    ...options,
    start: false,
    wait: "needed",
  });
  release();
  return { apps, tasks: tasks.map((id) => ({ ...id, url: controlPlane.consolePage(id, "tasks") })) };
}
