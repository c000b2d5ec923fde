import { AppEnvError } from "@appenv/core";
import { type AppId, type AppMessage, toIdentifier } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";

/** An app as Get gives it, on a cluster up to 30 seconds late; undefined if there is none. @throws AppEnvError UNREACHABLE. */
export async function findApp(controlPlane: ControlPlane, id: AppId): Promise<AppMessage | undefined> {
  try {
    return await getApp(controlPlane, id);
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return undefined;
    throw error;
  }
}

/** As `findApp`. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
export async function getApp(controlPlane: ControlPlane, id: AppId): Promise<AppMessage> {
  try {
    const { app } = await controlPlane.apps.get({ identifier: { case: "appId", value: toIdentifier(id) } });
    if (app !== undefined) return app;
  } catch (error) {
    // The platform's own words are better.
    if (controlPlane.embedded || !AppEnvError.is(error, "NOT_FOUND")) throw error;
    throw missingApp(id, error.fix);
  }
  throw missingApp(id);
}

/** The error of an app that is not there. */
export function missingApp({ name, project, domain }: AppId, fix?: string): AppEnvError {
  const message = `There is no app '${name}' in ${project}/${domain}.`;
  return new AppEnvError("NOT_FOUND", message, fix === undefined ? {} : { fix });
}
