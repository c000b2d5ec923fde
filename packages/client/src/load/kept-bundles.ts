import type { Environment } from "@appenv/core";
import type { Bundle } from "../bundle/bundle.ts";

const kept = new WeakMap<Environment, Bundle>();

/** Remembers which bundle an environment was loaded from, so that serving it does not bundle again. */
export function keepBundle(environment: Environment, bundle: Bundle): void {
  kept.set(environment, bundle);
}

/** The bundle an environment was loaded from, if it was. */
export function keptBundle(environment: Environment): Bundle | undefined {
  return kept.get(environment);
}
