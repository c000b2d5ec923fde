import {
  isEnvironment,
  plan,
  type AppEnvironment,
  type Environment,
  type ServeOptions,
  type TaskEnvironment,
} from "@appenv/core";
import { connect } from "../control-plane/connect.ts";
import { held } from "../control-plane/held.ts";
import { TaskStages } from "../serve/bring-up.ts";
import { Launches } from "../serve/launch.ts";
import { PlanParameters } from "../serve/parameters.ts";
import { checkName, type Rolling } from "../serve/rolling.ts";
import { notHonoured } from "../targets/abilities.ts";
import type { DeploymentPlan, PlannedItem } from "./deployment-plan.ts";
import { planApp } from "./plan-app.ts";
import { planTasks } from "./plan-tasks.ts";

/**
 * Finds the things that `deploy` would create and change. Nothing is uploaded, built or changed.
 *
 * @throws AppEnvError as `deploy`, for whatever can be found wrong beforehand.
 */
export async function planDeployment(roots: readonly Environment[], given: ServeOptions = {}): Promise<DeploymentPlan> {
  const environments = plan(roots);
  const options = { ...given, start: false, wait: "needed" } as const;
  checkName(environments, { roots, options });
  const controlPlane = await connect(options);
  const rolling: Rolling = {
    roots,
    options,
    needed: new Set(),
    controlPlane,
    launches: new Launches({ ...given, isDry: true }),
    parameters: new PlanParameters(environments, roots, options),
    stages: new TaskStages(environments, async () => {}),
  };
  const target = controlPlane.embedded ? "platform" : "cluster";
  return {
    endpoint: controlPlane.endpoint,
    project: controlPlane.project,
    domain: controlPlane.domain,
    target,
    items: await held(controlPlane, () => itemsOf(environments, rolling)),
    notHonoured: environments.flatMap((each) =>
      notHonoured(each, target).map((found) => ({ environment: each.name, ...found })),
    ),
  };
}

async function itemsOf(environments: readonly Environment[], rolling: Rolling): Promise<readonly PlannedItem[]> {
  const items: PlannedItem[] = [];
  for (const environment of environments) {
    if (isEnvironment(environment, "app")) items.push(await planApp(environment as AppEnvironment, rolling));
    else items.push(...(await planTasks(environment as TaskEnvironment, rolling)));
  }
  return items;
}
