import type { AppId, AppMessage } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { watchOnce } from "./app-watch.ts";
import { getApp } from "./find-app.ts";

/** Time that the fresh status of an app gets, in milliseconds; after it, the one that Get gave is taken. */
const freshMs = 3_000;

/** An app as it is now. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
export async function readApp(controlPlane: ControlPlane, id: AppId): Promise<AppMessage> {
  const app = await getApp(controlPlane, id);
  if (controlPlane.embedded) return app;
  // The open-source backend answers Get from a cache of 30 seconds, and begins a watch with what is.
  return (await watchOnce(controlPlane, id, freshMs)) ?? app;
}
