import { randomUUID } from "node:crypto";
import {
  AppEnvError,
  isEnvironment,
  plan,
  type AppEnvironment,
  type Environment,
  type ProgressAbout,
  type TaskEnvironment,
} from "@appenv/core";
import { rememberServed } from "@appenv/core/internal";
import { toIdentifier, toSpec, type AppId, type TaskId } from "@appenv/protocol";
import type { DeployTaskRequest } from "@appenv/protocol/tasks";
import { checkApp } from "@appenv/protocol/internal";
import { App } from "../app/app.ts";
import { connect, type ControlPlane } from "../control-plane/connect.ts";
import type { PreparedTask } from "../task/deploy-tasks.ts";
import { appToken } from "./app-token.ts";
import { bringUp } from "./bring-up.ts";
import { definitionOf, trafficOf } from "./definition.ts";
import { dependsOnEnv } from "./depends-on.ts";
import { ignoredOptionsNote } from "./ignored-options.ts";
import { Launches } from "./launch.ts";
import { checkReader, PlanParameters } from "./parameters.ts";
import { messageOf, rollOutError } from "./roll-out-error.ts";
import { say, sayBeginning, sayStarting, stateOf } from "./roll-progress.ts";
import { checkName, isWaitedFor, nameOf, type Rolling, type RollOptions } from "./rolling.ts";
import { leftOut, TaskStages } from "./task-stages.ts";

/** What was brought up. */
export interface RolledOut {
  readonly controlPlane: ControlPlane;
  /** In the plan's order: what was asked for last. */
  readonly apps: readonly App[];
  /** In the plan's order. */
  readonly tasks: readonly TaskId[];
  /** To be called when a platform of this process is not needed any more for it. */
  readonly release: () => void;
}

/**
 * Brings up a plan, its apps and the tasks of its task environments: each when all it depends on is there, side by side
 * otherwise. One that fails ends nothing else: environments that do not need it are brought up, and running apps go on.
 * Tasks are registered together, whole or not at all.
 *
 * @throws AppEnvError DUPLICATE_NAME, INVALID_OPTION; else that of the first in the plan's order that failed, telling
 * also what was not begun and what serves.
 */
export async function rollOut(roots: readonly Environment[], options: RollOptions): Promise<RolledOut> {
  const environments = plan(roots);
  checkName(environments, { roots, options });
  const parameters = new PlanParameters(environments, roots, options);
  const launches = new Launches(options.force);
  // Bundling needs no control plane: both take their time side by side.
  for (const environment of environments) {
    if (roots.includes(environment) || isEnvironment(environment, "app")) launches.prepare(environment);
  }
  const controlPlane = await connect(options);
  const release = await controlPlane.hold();
  const noted = noteIgnored(environments, controlPlane, options);
  const needed = new Set(environments.flatMap(({ dependsOn }) => dependsOn));
  const stages = new TaskStages<readonly DeployTaskRequest[]>(environments, (prepared) =>
    registerTasks(prepared.flat(), controlPlane),
  );
  try {
    const rolled = await rollAll(environments, { roots, needed, controlPlane, launches, parameters, options, stages });
    const apps = rolled.flatMap((done) => done.apps);
    await noted;
    return { controlPlane, apps, tasks: rolled.flatMap((done) => done.tasks), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Said once for a plan, side by side with its start. */
async function noteIgnored(
  environments: readonly Environment[],
  controlPlane: ControlPlane,
  options: RollOptions,
): Promise<void> {
  const note = await ignoredOptionsNote(environments, controlPlane);
  const tell = options.onNote ?? options.onProgress;
  if (note !== undefined) tell?.(note);
}

/** What was brought up for an environment. */
type Rolled = Pick<RolledOut, "apps" | "tasks">;

async function rollAll(environments: readonly Environment[], rolling: Rolling): Promise<readonly Rolled[]> {
  sayBeginning(environments, rolling);
  const {
    up,
    failed,
    leftOut: left,
  } = await bringUp(environments, {
    waitsFor: (environment) => rolling.stages.waitsFor(environment),
    begin: (environment) => rollOne(environment, rolling),
    leaveOut: (environment) => leaveOut(environment, rolling),
  });
  if (failed.size === 0) return [...up.values()];
  const names = (isServing: boolean): readonly string[] =>
    [...up.keys()].filter((each) => isWaitedFor(each, rolling) === isServing).map((each) => nameOf(each, rolling));
  const nameIn = (environment: Environment): string => nameOf(environment, rolling);
  throw rollOutError({ failed, leftOut: left, serving: names(true), registered: names(false), nameOf: nameIn });
}

function leaveOut(environment: Environment, rolling: Rolling): typeof leftOut {
  rolling.stages.drop(environment);
  say(environment, rolling, "left-out", "not begun");
  return leftOut;
}

async function rollOne(environment: Environment, rolling: Rolling): Promise<Rolled | typeof leftOut> {
  if (environment.dependsOn.length > 0) sayStarting(environment, rolling);
  try {
    return isEnvironment(environment, "app")
      ? { apps: [await rollApp(environment as AppEnvironment, rolling)], tasks: [] }
      : await rollTasks(environment as TaskEnvironment, rolling);
  } catch (error) {
    rolling.stages.drop(environment);
    say(environment, rolling, "failed", `failed: ${messageOf(error)}`);
    throw error;
  }
}

async function rollTasks(environment: TaskEnvironment, rolling: Rolling): Promise<Rolled | typeof leftOut> {
  // Whoever serves only apps does not load the messages of tasks.
  const { prepareTasks } = await import("../task/deploy-tasks.ts");
  const { roots, controlPlane, launches, stages } = rolling;
  const owners = roots.filter((root) => plan([root]).includes(environment));
  const prepared = await Promise.all(owners.map((root) => prepareTasks(environment, root, controlPlane, launches)));
  const tasks = uniqueTasks(prepared.flat());
  const requests = tasks.map(({ request }) => request);
  if ((await stages.arrive(environment, requests)) === leftOut) return leaveOut(environment, rolling);
  say(environment, rolling, "up", "registered");
  return { apps: [], tasks: tasks.map(({ id }) => id) };
}

async function registerTasks(requests: readonly DeployTaskRequest[], controlPlane: ControlPlane): Promise<void> {
  const { deployTasks } = await import("../task/deploy-tasks.ts");
  await deployTasks(requests, controlPlane);
}

/** Roots in one file have one version. */
function uniqueTasks(tasks: readonly PreparedTask[]): readonly PreparedTask[] {
  return [...new Map(tasks.map((task) => [`${task.id.name}@${task.id.version}`, task])).values()];
}

async function rollApp(environment: AppEnvironment, rolling: Rolling): Promise<App> {
  const { controlPlane, launches, options } = rolling;
  const name = nameOf(environment, rolling);
  const id: AppId = { project: controlPlane.project, domain: controlPlane.domain, name };
  const parameters = await rolling.parameters.of(environment, controlPlane);
  const launch = await launches.of(environment, controlPlane);
  checkReader(environment, launch, parameters);
  const envVars = {
    ...dependsOnEnv(environment, (each) => nameOf(each, rolling), parameters),
    ...(rolling.roots.includes(environment) ? options.envVars : {}),
  };
  const weight = rolling.roots.includes(environment) ? options.traffic : undefined;
  const traffic = trafficOf(environment, weight);
  const definition = {
    ...definitionOf(environment, launch, envVars, parameters),
    ...(traffic === undefined ? {} : { traffic }),
    ...(options.force === true && rolling.roots.includes(environment) ? { forced: randomUUID() } : {}),
  };
  const mistake = checkApp(id, definition);
  if (mistake !== undefined) throw new AppEnvError("INVALID_OPTION", mistake);
  const { app } = await controlPlane.apps.create({
    app: { metadata: { id: toIdentifier(id) }, spec: toSpec(definition, name) },
  });
  if (app === undefined)
    throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the app.`);
  const handle = new App(controlPlane, app);
  if (isWaitedFor(environment, rolling)) await settle(handle, environment, rolling);
  else say(environment, rolling, "up", "registered");
  if (handle.endpoint !== "") {
    rememberServed(environment, {
      endpoint: handle.endpoint.replace(/\/$/, ""),
      app: name,
      token: appToken(controlPlane, name),
    });
  }
  return handle;
}

async function settle(app: App, environment: Environment, rolling: Rolling): Promise<void> {
  const { controlPlane, options } = rolling;
  let said = "";
  const tell = (state: ProgressAbout["state"], text: string): void => {
    if (text !== said) say(environment, rolling, state, text);
    said = text;
  };
  await app.wait({
    until: "active",
    mayBeStale: !controlPlane.embedded,
    ...(options.activateTimeout === undefined ? {} : { timeout: options.activateTimeout }),
    onStatus: (status) => {
      const { phase, message } = status;
      // A failure is told as the error that it becomes.
      if (phase !== "UNSPECIFIED" && phase !== "FAILED") tell(stateOf(status), `${phase} ${message}`.trim());
    },
  });
}
