import type { ControlPlaneOptions } from "@appenv/core";
import { loadConfig, platformHome, readRunningPlatform } from "@appenv/client/control-plane";

/** The flags that choose a control plane. */
export interface ControlPlaneChoice {
  readonly endpoint?: string;
  readonly local?: boolean;
}

/** The client's options for the control plane; or the state directory of the platform that has to be started first. */
export type FoundControlPlane = { readonly controlPlane: ControlPlaneOptions } | { readonly home: string };

/**
 * Finds the control plane: a stated or configured one, else the platform that runs on this machine.
 *
 * @throws AppEnvError INVALID_CONFIG.
 */
export async function findControlPlane({ endpoint, local }: ControlPlaneChoice): Promise<FoundControlPlane> {
  if (local !== true) {
    if (endpoint !== undefined) return { controlPlane: { endpoint } };
    if ((await loadConfig()).endpoint !== undefined) return { controlPlane: {} };
  }
  const home = platformHome();
  return (await readRunningPlatform(home)) === undefined ? { home } : { controlPlane: { local: true } };
}
