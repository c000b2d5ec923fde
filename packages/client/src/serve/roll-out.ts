import { AppEnvError, isEnvironment, plan, planSteps } from "@appenv/core";
import type { AppEnvironment, Environment, ServeOptions, TaskEnvironment } from "@appenv/core";
import { checkApp, toIdentifier, toSpec, type AppId, type TaskId } from "@appenv/protocol";
import { App } from "../app/app.ts";
import { connect, type ConnectOptions, type Target } from "../target/connect.ts";
import { definitionOf } from "./definition.ts";
import { Launches } from "./launch.ts";

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
  readonly options: RollOptions;
}

/** Brings up a plan, step by step: its apps, and the tasks of its task environments. */
export async function rollOut(roots: readonly Environment[], options: RollOptions): Promise<RolledOut> {
  const steps = planSteps(roots);
  const launches = new Launches();
  // Bundling needs no control plane: both take their time side by side.
  for (const environment of steps.flat()) {
    if (roots.includes(environment) || isEnvironment(environment, "app")) launches.prepare(environment);
  }
  const target = await connect(options);
  const release = await target.hold();
  const rolling = { roots, target, launches, options };
  const apps: App[] = [];
  const tasks: TaskId[] = [];
  try {
    for (const step of steps) {
      for (const done of await Promise.all(step.map((environment) => rollOne(environment, rolling)))) {
        if (done instanceof App) apps.push(done);
        else tasks.push(...done);
      }
    }
    return { target, apps, tasks, release };
  } catch (error) {
    release();
    throw error;
  }
}

async function rollOne(environment: Environment, rolling: Rolling): Promise<App | readonly TaskId[]> {
  if (isEnvironment(environment, "app")) return rollApp(environment as AppEnvironment, rolling);
  // Whoever serves only apps does not load the messages of tasks.
  const { deployTasks } = await import("../task/deploy-tasks.ts");
  const { roots, target, launches } = rolling;
  const owners = roots.filter((root) => plan([root]).includes(environment));
  const deployed = owners.map((root) => deployTasks(environment as TaskEnvironment, root, target, launches));
  return uniqueTasks((await Promise.all(deployed)).flat());
}

/** Roots in one file have one version. */
function uniqueTasks(tasks: readonly TaskId[]): readonly TaskId[] {
  return [...new Map(tasks.map((id) => [`${id.name}@${id.version}`, id])).values()];
}

async function rollApp(environment: AppEnvironment, { roots, target, launches, options }: Rolling): Promise<App> {
  const isRoot = roots.includes(environment);
  const name = (isRoot ? options.name : undefined) ?? environment.name;
  const id: AppId = { project: target.project, domain: target.domain, name };
  const launch = await launches.of(environment, target);
  const definition = definitionOf(environment, launch, isRoot ? options.envVars : {});
  const mistake = checkApp(id, definition);
  if (mistake !== undefined) throw new AppEnvError("INVALID_OPTION", mistake);
  const { app } = await target.apps.create({
    app: { metadata: { id: toIdentifier(id) }, spec: toSpec(definition, name) },
  });
  if (app === undefined) throw new AppEnvError("CONTROL_PLANE", `${target.endpoint} did not answer with the app.`);
  const handle = new App(target, app);
  if (options.wait) await settle(handle, target, options);
  return handle;
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
