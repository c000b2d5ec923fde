import { randomUUID } from "node:crypto";
import {
  AppEnvError,
  plan,
  type AppEnvironment,
  type Environment,
  type ServeOptions,
  type TaskEnvironment,
} from "@appenv/core";
import { rememberServed } from "@appenv/core/internal";
import { toSpec, type AppDefinition, type AppId, type TaskId } from "@appenv/protocol";
import { checkApp } from "@appenv/protocol/internal";
import type { DeployTaskRequest } from "@appenv/protocol/tasks";
import { App } from "../app/app.ts";
import { createApp } from "../app/change-app.ts";
import { isActive } from "../app/status.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { definedOnly } from "../defined-only.ts";
import type { PreparedTask } from "../task/deploy-tasks.ts";
import { leftOut } from "./bring-up.ts";
import { definitionOf, dependsOnEnv, trafficOf } from "./definition.ts";
import { appToken } from "./locate.ts";
import { checkReader } from "./parameters.ts";
import { isWaitedFor, nameOf, say, type Rolling } from "./rolling.ts";

/** The app or the tasks of one environment. */
export interface Rolled {
  readonly apps: readonly App[];
  readonly tasks: readonly TaskId[];
}

/** Registers an app, and waits until it answers if the plan waits for it. @throws AppEnvError. */
export async function rollApp(environment: AppEnvironment, rolling: Rolling): Promise<App> {
  const { controlPlane } = rolling;
  const name = nameOf(environment, rolling);
  const id: AppId = { project: controlPlane.project, domain: controlPlane.domain, name };
  const definition = await defineApp(environment, rolling);
  const mistake = checkApp(id, definition);
  if (mistake !== undefined) throw new AppEnvError("INVALID_OPTION", mistake);
  const waits = isWaitedFor(environment, rolling);
  const { app, ...changed } = await createApp(controlPlane, id, toSpec(definition, name), waits);
  const handle = new App(controlPlane, app, changed);
  if (waits) await waitForApp(handle, environment, rolling);
  else say(environment, rolling, "up", "registered");
  if (handle.endpoint !== "") {
    const endpoint = handle.endpoint.replace(/\/$/, "");
    rememberServed(environment, { endpoint, app: name, token: appToken(controlPlane, name) });
  }
  return handle;
}

/** The definition of an app, with its code uploaded unless the launches are dry. @throws AppEnvError. */
export async function defineApp(environment: AppEnvironment, rolling: Rolling): Promise<AppDefinition> {
  const { controlPlane, launches, roots } = rolling;
  // Options are for what was asked for, not for what it depends on.
  const own: ServeOptions = roots.includes(environment) ? rolling.options : {};
  const parameters = await rolling.parameters.of(environment, controlPlane);
  const launch = await launches.of(environment, nameOf(environment, rolling), controlPlane);
  checkReader(environment, launch, parameters);
  const envVars = { ...dependsOnEnv(environment, (each) => nameOf(each, rolling), parameters), ...own.envVars };
  const traffic = trafficOf(environment, own.traffic);
  const forced = own.force === true ? randomUUID() : undefined;
  return { ...definitionOf(environment, launch, envVars, parameters), ...definedOnly({ traffic, forced }) };
}

async function waitForApp(app: App, environment: Environment, rolling: Rolling): Promise<void> {
  let said = "";
  await app.wait({
    until: "active",
    ...definedOnly({ timeout: rolling.options.activateTimeout }),
    onStatus: (status) => {
      const text = `${status.phase} ${status.message}`.trim();
      // A failure is reported by its error.
      if (status.phase === "UNSPECIFIED" || status.phase === "FAILED" || text === said) return;
      said = text;
      say(environment, rolling, isActive(status) ? "up" : "starting", text);
    },
  });
}

/**
 * Registers the tasks of an environment together with those of its stage; undefined if these fail.
 *
 * @throws AppEnvError as `deployTasks`, for the last environment of the stage only.
 */
export async function rollTasks(environment: TaskEnvironment, rolling: Rolling): Promise<Rolled | undefined> {
  // Serving only apps does not load the messages of tasks.
  const { prepareTasks } = await import("../task/deploy-tasks.ts");
  const { roots, controlPlane, launches, stages } = rolling;
  const owners = roots.filter((root) => plan([root]).includes(environment));
  const prepared = await Promise.all(owners.map((root) => prepareTasks(environment, root, controlPlane, launches)));
  const tasks = uniqueTasks(prepared.flat());
  const requests = tasks.map(({ request }) => request);
  if ((await stages.arrive(environment, requests)) === leftOut) return undefined;
  say(environment, rolling, "up", "registered");
  return { apps: [], tasks: tasks.map(({ id }) => id) };
}

/** Roots in one file have one version. */
function uniqueTasks(tasks: readonly PreparedTask[]): readonly PreparedTask[] {
  return [...new Map(tasks.map((task) => [`${task.id.name}@${task.id.version}`, task])).values()];
}

/** Registers the tasks of a stage: all or none. @throws AppEnvError as `deployTasks`. */
export async function registerTasks(requests: readonly DeployTaskRequest[], controlPlane: ControlPlane): Promise<void> {
  const { deployTasks } = await import("../task/deploy-tasks.ts");
  await deployTasks(requests, controlPlane);
}
