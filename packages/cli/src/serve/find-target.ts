import type { TargetOptions } from "@appenv/core";
import { loadConfig, platformHome, readRunningPlatform } from "@appenv/client/target";

/** Where an app is to be served. */
export interface TargetChoice {
  readonly endpoint?: string;
  readonly local?: boolean;
}

/** How the client finds the control plane; or the state directory of the platform that has to be started first. */
export type FoundTarget = { readonly target: TargetOptions } | { readonly home: string };

/**
 * Finds the control plane: a stated or configured one, else the platform that runs on this machine.
 *
 * @throws AppEnvError INVALID_CONFIG.
 */
export async function findTarget({ endpoint, local }: TargetChoice): Promise<FoundTarget> {
  if (local !== true) {
    if (endpoint !== undefined) return { target: { endpoint } };
    if ((await loadConfig()).endpoint !== undefined) return { target: {} };
  }
  const home = platformHome();
  return (await readRunningPlatform(home)) === undefined ? { home } : { target: { local: true } };
}
