import { AppEnvError, isEnvironment, type Environment, type ServeOptions } from "@appenv/core";
import type { DeployTaskRequest } from "@appenv/protocol/tasks";
import type { ConnectOptions, ControlPlane } from "../control-plane/connect.ts";
import type { Launches } from "./launch.ts";
import type { PlanParameters } from "./parameters.ts";
import type { TaskStages } from "./task-stages.ts";

/** How a plan is brought up. */
export interface RollOptions extends ServeOptions {
  /** Whether a platform is started if there is none. */
  readonly start: ConnectOptions["start"] & {};
  /** Which apps must answer before it is done: all, or only those that something else of the plan depends on. */
  readonly wait: "all" | "needed";
}

/** What was asked for, and how. */
export interface Asked {
  readonly roots: readonly Environment[];
  readonly options: RollOptions;
}

/** A plan that is being brought up. */
export interface Rolling extends Asked {
  /** What something of the plan depends on. */
  readonly needed: ReadonlySet<Environment>;
  readonly controlPlane: ControlPlane;
  readonly launches: Launches;
  readonly parameters: PlanParameters;
  /** Its task environments, each step of which is registered whole or not at all. */
  readonly stages: TaskStages<readonly DeployTaskRequest[]>;
}

/** What an environment is called on the control plane: only what was asked for is served under another name. */
export function nameOf(environment: Environment, { roots, options }: Asked): string {
  const isRoot = isEnvironment(environment, "app") && roots.includes(environment);
  return (isRoot ? options.name : undefined) ?? environment.name;
}

/** Whether an app must answer before what comes after it begins. */
export function isWaitedFor(environment: Environment, { needed, options }: Rolling): boolean {
  return isEnvironment(environment, "app") && (options.wait === "all" || needed.has(environment));
}

/**
 * A plan's names are unique, and another name must not change that.
 *
 * @throws AppEnvError DUPLICATE_NAME, INVALID_OPTION.
 */
export function checkName(plan: readonly Environment[], asked: Asked): void {
  const { name } = asked.options;
  if (name === undefined) return;
  const named = plan.filter((environment) => nameOf(environment, asked) === name);
  const names = named.map((environment) => `'${environment.name}'`).join(" and ");
  if (named.length > 1) {
    throw new AppEnvError("DUPLICATE_NAME", `Under the name '${name}' there would be both ${names}.`, {
      fix: "Choose a name that no other environment of the plan has, and name only one app at a time.",
    });
  }
  if (!asked.roots.some((root) => isEnvironment(root, "app"))) {
    throw new AppEnvError("INVALID_OPTION", `name is '${name}', but only an app can be served under another name.`);
  }
}
