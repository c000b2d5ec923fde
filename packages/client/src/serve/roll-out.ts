import { AppEnvError, isEnvironment, plan, rememberServed } from "@appenv/core";
import type { AppEnvironment, Environment, ServeOptions, TaskEnvironment } from "@appenv/core";
import { checkApp, toIdentifier, toSpec, type AppId, type TaskId } from "@appenv/protocol";
import { App } from "../app/app.ts";
import { connect, type ConnectOptions, type Target } from "../target/connect.ts";
import { appToken } from "./app-token.ts";
import { definitionOf, trafficOf } from "./definition.ts";
import { dependsOnEnv } from "./depends-on.ts";
import { Launches } from "./launch.ts";
import { checkReader, PlanParameters } from "./parameters.ts";

/** How a plan is brought up. */
export interface RollOptions extends ServeOptions {
  /** Whether a platform is started if there is none. */
  readonly start: ConnectOptions["start"] & {};
  /** Whether each step of the plan must answer before the next begins. */
  readonly wait: boolean;
}

/** What was brought up. */
export interface RolledOut {
  readonly target: Target;
  /** In the plan's order: what was asked for last. */
  readonly apps: readonly App[];
  /** In the plan's order. */
  readonly tasks: readonly TaskId[];
  /** To be called when a platform of this process is not needed any more for it. */
  readonly release: () => void;
}

interface Rolling {
  readonly roots: readonly Environment[];
  readonly target: Target;
  readonly launches: Launches;
  readonly parameters: PlanParameters;
  readonly options: RollOptions;
}

/**
 * Brings up a plan, its apps and the tasks of its task environments: each when all it depends on is there, side by side
 * otherwise. One that fails ends nothing else: what can be brought up without it is, and what serves goes on.
 *
 * @throws AppEnvError of the first in the plan's order that failed.
 */
export async function rollOut(roots: readonly Environment[], options: RollOptions): Promise<RolledOut> {
  const environments = plan(roots);
  const parameters = new PlanParameters(environments, roots, options);
  const launches = new Launches();
  // Bundling needs no control plane: both take their time side by side.
  for (const environment of environments) {
    if (roots.includes(environment) || isEnvironment(environment, "app")) launches.prepare(environment);
  }
  const target = await connect(options);
  const release = await target.hold();
  try {
    const rolled = await rollAll(environments, { roots, target, launches, parameters, options });
    const apps = rolled.flatMap((done) => done.apps);
    return { target, apps, tasks: rolled.flatMap((done) => done.tasks), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** What was brought up for an environment. */
type Rolled = Pick<RolledOut, "apps" | "tasks">;

async function rollAll(environments: readonly Environment[], rolling: Rolling): Promise<readonly Rolled[]> {
  const begun = new Map<Environment, Promise<Rolled>>();
  for (const environment of environments) {
    const needed = environment.dependsOn.map((each) => begun.get(each));
    begun.set(
      environment,
      Promise.all(needed).then(() => rollOne(environment, rolling)),
    );
  }
  const results = await Promise.allSettled(begun.values());
  return results.map((result) => {
    if (result.status === "fulfilled") return result.value;
    throw result.reason;
  });
}

async function rollOne(environment: Environment, rolling: Rolling): Promise<Rolled> {
  if (isEnvironment(environment, "app")) {
    return { apps: [await rollApp(environment as AppEnvironment, rolling)], tasks: [] };
  }
  // Whoever serves only apps does not load the messages of tasks.
  const { deployTasks } = await import("../task/deploy-tasks.ts");
  const { roots, target, launches } = rolling;
  const owners = roots.filter((root) => plan([root]).includes(environment));
  const deployed = owners.map((root) => deployTasks(environment as TaskEnvironment, root, target, launches));
  return { apps: [], tasks: uniqueTasks((await Promise.all(deployed)).flat()) };
}

/** Roots in one file have one version. */
function uniqueTasks(tasks: readonly TaskId[]): readonly TaskId[] {
  return [...new Map(tasks.map((id) => [`${id.name}@${id.version}`, id])).values()];
}

async function rollApp(environment: AppEnvironment, rolling: Rolling): Promise<App> {
  const { target, launches, options } = rolling;
  const name = appNameOf(environment, rolling);
  const id: AppId = { project: target.project, domain: target.domain, name };
  const parameters = await rolling.parameters.of(environment, target);
  const launch = await launches.of(environment, target);
  checkReader(environment, launch, parameters);
  const envVars = {
    ...dependsOnEnv(environment, (each) => appNameOf(each, rolling), parameters),
    ...(rolling.roots.includes(environment) ? options.envVars : {}),
  };
  const share = rolling.roots.includes(environment) ? options.traffic : undefined;
  const traffic = trafficOf(environment, share);
  const definition = {
    ...definitionOf(environment, launch, envVars, parameters),
    ...(traffic === undefined ? {} : { traffic }),
  };
  const mistake = checkApp(id, definition);
  if (mistake !== undefined) throw new AppEnvError("INVALID_OPTION", mistake);
  const { app } = await target.apps.create({
    app: { metadata: { id: toIdentifier(id) }, spec: toSpec(definition, name) },
  });
  if (app === undefined) throw new AppEnvError("CONTROL_PLANE", `${target.endpoint} did not answer with the app.`);
  const handle = new App(target, app);
  if (options.wait) await settle(handle, target, options);
  if (handle.endpoint !== "") {
    rememberServed(environment, { endpoint: handle.endpoint.replace(/\/$/, ""), token: appToken(target, name) });
  }
  return handle;
}

/** Only what was asked for is served under another name. */
function appNameOf(environment: Environment, { roots, options }: Rolling): string {
  return (roots.includes(environment) ? options.name : undefined) ?? environment.name;
}

async function settle(app: App, target: Target, options: RollOptions): Promise<void> {
  let said = `Waiting for '${app.name}'.`;
  options.onProgress?.(said);
  await app.wait({
    until: "active",
    mayBeStale: !target.embedded,
    ...(options.activateTimeout === undefined ? {} : { timeout: options.activateTimeout }),
    onStatus: ({ phase, message }) => {
      const text = `${app.name}: ${phase} ${message}`.trim();
      if (phase === "UNSPECIFIED" || text === said) return;
      said = text;
      options.onProgress?.(text);
    },
  });
}
