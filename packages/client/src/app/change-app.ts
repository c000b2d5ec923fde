import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { type AppId, type AppMessage, AppSchema, type Spec, Spec_DesiredState, toIdentifier } from "@appenv/protocol";
import { forCluster } from "@appenv/protocol/internal";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { AppWatch } from "./app-watch.ts";
import { findApp, missingApp } from "./find-app.ts";
import { readApp } from "./read-app.ts";
import { Rollout } from "./rollout.ts";

const snapshotMs = 3_000;
const pausesMs = [500, 2_000];

/** An app right after a change of it. */
export interface ChangedApp {
  readonly app: AppMessage;
  /** On a cluster: what it is waited for. */
  readonly rollout?: Rollout;
  /** On a cluster: open since before the change. It ends when it was waited for. */
  readonly watch?: AppWatch;
}

/**
 * Makes an app, or a new revision of it.
 *
 * @param waits - True if it is waited for afterwards.
 * @throws AppEnvError UNREACHABLE, and what the control plane answers.
 */
export async function createApp(
  controlPlane: ControlPlane,
  id: AppId,
  spec: Spec,
  waits: boolean,
): Promise<ChangedApp> {
  const wanted = create(AppSchema, {
    metadata: { id: toIdentifier(id) },
    spec: controlPlane.embedded ? spec : forCluster(spec),
  });
  const call = async (app: AppMessage) => (await controlPlane.apps.create({ app })).app;
  if (controlPlane.embedded) return { app: required(controlPlane, await call(wanted)) };
  return changeApp(controlPlane, id, { wanted: () => wanted, call, waits });
}

/** Starts an app again. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
export async function startApp(controlPlane: ControlPlane, id: AppId): Promise<ChangedApp> {
  // The whole definition is sent again: the backend deploys what it is sent.
  const wanted = (before: AppMessage | undefined) => desiring(before, id, Spec_DesiredState.ACTIVE);
  const call = async (app: AppMessage) => (await controlPlane.apps.update({ app, reason: "activated" })).app;
  if (!controlPlane.embedded) return changeApp(controlPlane, id, { wanted, call, waits: true });
  return { app: required(controlPlane, await call(wanted(await readApp(controlPlane, id)))) };
}

/** Stops an app. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
export async function stopApp(controlPlane: ControlPlane, id: AppId): Promise<AppMessage> {
  const app = desiring(await readApp(controlPlane, id), id, Spec_DesiredState.STOPPED);
  const call = async () => (await controlPlane.apps.update({ app, reason: "deactivated" })).app;
  return required(controlPlane, controlPlane.embedded ? await call() : await again(call));
}

/** Removes an app. Without effect if it is gone already. @throws AppEnvError UNREACHABLE. */
export async function deleteApp(controlPlane: ControlPlane, id: AppId): Promise<void> {
  try {
    await again(() => controlPlane.apps.delete({ appId: toIdentifier(id) }));
  } catch (error) {
    if (!AppEnvError.is(error, "NOT_FOUND")) throw error;
  }
}

interface Steps {
  readonly wanted: (before: AppMessage | undefined) => AppMessage;
  /** Does the same however often it is called. */
  readonly call: (app: AppMessage) => Promise<AppMessage | undefined>;
  readonly waits: boolean;
}

async function changeApp(controlPlane: ControlPlane, id: AppId, { wanted, call, waits }: Steps): Promise<ChangedApp> {
  const found = await findApp(controlPlane, id);
  const watch = found === undefined ? undefined : new AppWatch(controlPlane, id);
  try {
    // Get answers from a cache of 30 seconds.
    const before = (await watch?.snapshot(snapshotMs)) ?? found;
    const sent = wanted(before);
    const app = required(controlPlane, await again(() => call(sent)));
    if (!waits) watch?.stop();
    const rollout = sent.spec === undefined ? {} : { rollout: new Rollout(id, before, sent.spec) };
    return { app, ...rollout, ...(waits && watch !== undefined ? { watch } : {}) };
  } catch (error) {
    watch?.stop();
    throw error;
  }
}

function desiring(app: AppMessage | undefined, id: AppId, desiredState: Spec_DesiredState): AppMessage {
  if (app === undefined) throw missingApp(id);
  if (app.spec === undefined) throw new AppEnvError("CONTROL_PLANE", `'${id.name}' has no definition.`);
  return { ...app, spec: { ...app.spec, desiredState } };
}

function required({ endpoint }: ControlPlane, app: AppMessage | undefined): AppMessage {
  if (app === undefined) throw new AppEnvError("CONTROL_PLANE", `${endpoint} did not answer with the app.`);
  return app;
}

/** Repeats a call whose connection broke: the backend may have carried it out, and does nothing the second time. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      const pauseMs = pausesMs[failures];
      if (pauseMs === undefined || !AppEnvError.is(error, "UNREACHABLE") || isLate(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

/** A backend that said nothing for the whole time of a call is not asked again. */
function isLate({ cause }: AppEnvError): boolean {
  return cause instanceof ConnectError && cause.code === Code.DeadlineExceeded;
}
