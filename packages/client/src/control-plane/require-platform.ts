import { AppEnvError } from "@appenv/core";
import type { ControlPlane } from "./control-plane.ts";

/**
 * Refuses a call for which Flyte's API has nothing.
 *
 * @param what - The subject, as in "Revisions and their weights".
 * @param fix - The way to the same on a cluster.
 * @throws AppEnvError UNSUPPORTED on another control plane than AppEnv's own platform.
 */
export function requirePlatform({ embedded, endpoint }: ControlPlane, what: string, fix: string): void {
  if (embedded) return;
  throw new AppEnvError("UNSUPPORTED", `${what} are AppEnv's own: the control plane at ${endpoint} has none.`, { fix });
}
