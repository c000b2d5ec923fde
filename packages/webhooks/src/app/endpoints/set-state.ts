import type { App } from "@appenv/client";
import { AppEnvError } from "@appenv/core";

/** Starts or stops an app without waiting until it has: `App.activate` and `App.deactivate` wait. */
export async function setState({ id, name }: App, how: "activate" | "deactivate"): Promise<void> {
  const [{ connect }, { Spec_DesiredState, toIdentifier }] = await Promise.all([
    import("@appenv/client/internal"),
    import("@appenv/protocol"),
  ]);
  const { apps } = await connect();
  const { app } = await apps.get({ identifier: { case: "appId", value: toIdentifier(id) } });
  if (app?.spec === undefined) throw new AppEnvError("NOT_FOUND", `There is no app '${name}'.`);
  const desiredState = how === "activate" ? Spec_DesiredState.ACTIVE : Spec_DesiredState.STOPPED;
  await apps.update({ app: { ...app, spec: { ...app.spec, desiredState } }, reason: `${how}d by a webhook` });
}
