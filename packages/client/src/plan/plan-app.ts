import { AppEnvError, type AppEnvironment } from "@appenv/core";
import { fromSpec, toIdentifier, toSpec, type AppId, type Spec } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { defineApp } from "../serve/roll-environment.ts";
import { nameOf, type Rolling } from "../serve/rolling.ts";
import { changesBetween } from "./changes.ts";
import { comparable } from "./comparable.ts";
import type { PlannedItem } from "./deployment-plan.ts";

/** The plan of an app. @throws AppEnvError as `deploy`. */
export async function planApp(environment: AppEnvironment, rolling: Rolling): Promise<PlannedItem> {
  const { controlPlane } = rolling;
  const name = nameOf(environment, rolling);
  const wanted = toSpec(await defineApp(environment, rolling), name);
  const there = await specOf(controlPlane, { project: controlPlane.project, domain: controlPlane.domain, name });
  if (there === undefined) return { kind: "app", name, action: "create", changes: [] };
  const changes = changesBetween(comparable(fromSpec(there)), comparable(fromSpec(wanted)));
  return { kind: "app", name, action: changes.length === 0 ? "none" : "change", changes };
}

async function specOf(controlPlane: ControlPlane, id: AppId): Promise<Spec | undefined> {
  try {
    const { app } = await controlPlane.apps.get({ identifier: { case: "appId", value: toIdentifier(id) } });
    return app?.spec;
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return undefined;
    throw error;
  }
}
