import {
  AppEnvError,
  isEnvironment,
  plan,
  type AppEnvironment,
  type Environment,
  type TaskEnvironment,
} from "@appenv/core";
import type { TaskId } from "@appenv/protocol";
import type { DeployTaskRequest } from "@appenv/protocol/tasks";
import type { App } from "../app/app.ts";
import { checkProject } from "../control-plane/check-project.ts";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { bringUp, leftOut, TaskStages, type BroughtUp } from "./bring-up.ts";
import { ignoredOptionsNote } from "./ignored-options.ts";
import { Launches } from "./launch.ts";
import { PlanParameters } from "./parameters.ts";
import { registerTasks, rollApp, rollTasks, type Rolled } from "./roll-environment.ts";
import { checkName, isWaitedFor, nameOf, say, type Rolling, type RollOptions } from "./rolling.ts";

/** The apps and tasks of a plan that is up. */
export interface RolledOut {
  readonly controlPlane: ControlPlane;
  /** In the plan's order: what was asked for last. */
  readonly apps: readonly App[];
  /** In the plan's order. */
  readonly tasks: readonly TaskId[];
  /** Lets a platform of this process end, once nothing else holds it. */
  readonly release: () => void;
}

/**
 * Brings up a plan, its apps and the tasks of its task environments: each when all it depends on is up, side by side
 * otherwise. If one fails, environments that do not need it are brought up all the same, and running apps go on. Tasks
 * are registered together, whole or not at all.
 *
 * @throws AppEnvError DUPLICATE_NAME, INVALID_OPTION; else the error of the first environment in the plan's order that
 * failed, which also tells what was left out and what serves.
 */
export async function rollOut(roots: readonly Environment[], options: RollOptions): Promise<RolledOut> {
  const environments = plan(roots);
  checkName(environments, { roots, options });
  const parameters = new PlanParameters(environments, roots, options);
  const launches = new Launches(options);
  // Bundling needs no control plane, so both take their time side by side.
  for (const environment of environments) {
    if (roots.includes(environment) || isEnvironment(environment, "app")) launches.prepare(environment);
  }
  const controlPlane = await connect(options);
  await checkProject(controlPlane);
  const release = await controlPlane.hold();
  const noted = noteIgnored(environments, controlPlane, options);
  const needed = new Set(environments.flatMap(({ dependsOn }) => dependsOn));
  const stages = new TaskStages<readonly DeployTaskRequest[]>(environments, (prepared) =>
    registerTasks(prepared.flat(), controlPlane),
  );
  try {
    const rolled = await rollAll(environments, { roots, needed, controlPlane, launches, parameters, options, stages });
    await noted;
    return {
      controlPlane,
      apps: rolled.flatMap(({ apps }) => apps),
      tasks: rolled.flatMap(({ tasks }) => tasks),
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function noteIgnored(
  environments: readonly Environment[],
  controlPlane: ControlPlane,
  options: RollOptions,
): Promise<void> {
  const note = await ignoredOptionsNote(environments, controlPlane);
  const tell = options.onNote ?? options.onProgress;
  if (note !== undefined) tell?.(note);
}

async function rollAll(environments: readonly Environment[], rolling: Rolling): Promise<readonly Rolled[]> {
  sayBeginning(environments, rolling);
  const outcome = await bringUp(environments, {
    waitsFor: (environment) => rolling.stages.waitsFor(environment),
    begin: (environment) => rollOne(environment, rolling),
    leaveOut: (environment) => leaveOut(environment, rolling),
  });
  if (outcome.failed.size === 0) return [...outcome.up.values()];
  throw rollOutError(outcome, rolling);
}

function sayBeginning(environments: readonly Environment[], rolling: Rolling): void {
  for (const environment of environments) {
    const needed = environment.dependsOn.map((each) => nameOf(each, rolling));
    if (needed.length === 0) say(environment, rolling, "starting", "starting");
    else say(environment, rolling, "waiting", `waits for ${needed.join(", ")}`);
  }
}

async function rollOne(environment: Environment, rolling: Rolling): Promise<Rolled | typeof leftOut> {
  if (environment.dependsOn.length > 0) say(environment, rolling, "starting", "starting");
  try {
    if (isEnvironment(environment, "app")) {
      return { apps: [await rollApp(environment as AppEnvironment, rolling)], tasks: [] };
    }
    return (await rollTasks(environment as TaskEnvironment, rolling)) ?? leaveOut(environment, rolling);
  } catch (error) {
    rolling.stages.drop(environment);
    say(environment, rolling, "failed", `failed: ${messageOf(error)}`);
    throw error;
  }
}

function leaveOut(environment: Environment, rolling: Rolling): typeof leftOut {
  rolling.stages.drop(environment);
  say(environment, rolling, "left-out", "not begun");
  return leftOut;
}

/**
 * The error of a plan of which something failed: it has the code and the fix of the first failure, and tells what failed,
 * what was left out because of that, and what is up. If there is nothing else to tell, it is that first error itself.
 */
function rollOutError({ up, failed, leftOut: left }: BroughtUp<Rolled>, rolling: Rolling): unknown {
  const [first] = failed.values();
  const namesOf = (environments: Iterable<Environment>) => [...environments].map((each) => nameOf(each, rolling));
  const [serving, registered] = [true, false].map((waited) =>
    namesOf([...up.keys()].filter((each) => isWaitedFor(each, rolling) === waited)),
  );
  const lines = [
    ...[...failed].map(([environment, error]) => withName(nameOf(environment, rolling), messageOf(error))),
    ...listed("Not begun because of that", namesOf(left)),
    ...listed("Serving", serving),
    ...listed("Registered", registered),
  ];
  if (lines.length === 1) return first;
  const { code, fix } = AppEnvError.from(first, "UNEXPECTED");
  return new AppEnvError(code, lines.join("\n"), { cause: first, fix });
}

function withName(name: string, message: string): string {
  return message.includes(`'${name}'`) ? message : `'${name}': ${message}`;
}

function listed(heading: string, names: readonly string[] = []): readonly string[] {
  return names.length === 0 ? [] : [`${heading}: ${names.map((name) => `'${name}'`).join(", ")}.`];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
