import { AppEnvError, isEnvironment, type Environment, type ProgressAbout, type ServeOptions } from "@appenv/core";
import type { DeployTaskRequest } from "@appenv/protocol/tasks";
import type { ConnectOptions } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { TaskStages } from "./bring-up.ts";
import type { Launches } from "./launch.ts";
import type { PlanParameters } from "./parameters.ts";

/** Options of bringing up a plan. */
export interface RollOptions extends ServeOptions {
  /** True if a platform is started if none runs. */
  readonly start: ConnectOptions["start"] & {};
  /** Apps that must answer before the plan is up: all of them, or those that another environment of it depends on. */
  readonly wait: "all" | "needed";
}

/** The environments that were asked for, and how. */
export interface Asked {
  readonly roots: readonly Environment[];
  readonly options: RollOptions;
}

/** A plan that is being brought up. */
export interface Rolling extends Asked {
  /** The environments that others of the plan depend on. */
  readonly needed: ReadonlySet<Environment>;
  readonly controlPlane: ControlPlane;
  readonly launches: Launches;
  readonly parameters: PlanParameters;
  /** Its task environments; those of a stage are registered whole or not at all. */
  readonly stages: TaskStages<readonly DeployTaskRequest[]>;
}

/** The name of an environment on the control plane: only a root can have another one than its own. */
export function nameOf(environment: Environment, { roots, options }: Asked): string {
  const isRoot = isEnvironment(environment, "app") && roots.includes(environment);
  return (isRoot ? options.name : undefined) ?? environment.name;
}

/** Tells whether an app must answer before the plan goes on. */
export function isWaitedFor(environment: Environment, { needed, options }: Rolling): boolean {
  return isEnvironment(environment, "app") && (options.wait === "all" || needed.has(environment));
}

/**
 * Checks that `options.name` is for an app and leaves the names of a plan unique.
 *
 * @throws AppEnvError DUPLICATE_NAME, INVALID_OPTION.
 */
export function checkName(plan: readonly Environment[], asked: Asked): void {
  const { name } = asked.options;
  if (name === undefined) return;
  const named = plan.filter((environment) => nameOf(environment, asked) === name);
  const names = named.map((environment) => `'${environment.name}'`).join(" and ");
  if (named.length > 1) {
    throw new AppEnvError("DUPLICATE_NAME", `Both ${names} would have the name '${name}'.`, {
      fix: "Choose a name that no other environment of the plan has, and name only one app at a time.",
    });
  }
  if (!asked.roots.some((root) => isEnvironment(root, "app"))) {
    throw new AppEnvError("INVALID_OPTION", `name is '${name}', but only an app can be served under another name.`);
  }
}

/** Reports the progress of an environment of a plan. */
export function say(environment: Environment, rolling: Rolling, state: ProgressAbout["state"], text: string): void {
  const name = nameOf(environment, rolling);
  rolling.options.onProgress?.(`${name}: ${text}`, { name, state });
}
