import type { Environment, ProgressAbout } from "@appenv/core";
import type { AppStatus } from "../app/status.ts";
import { nameOf, type Rolling } from "./rolling.ts";

type State = ProgressAbout["state"];

/** Tells how an environment of a plan stands. */
export function say(environment: Environment, rolling: Rolling, state: State, text: string): void {
  const name = nameOf(environment, rolling);
  rolling.options.onProgress?.(`${name}: ${text}`, { name, state });
}

/** Tells of each environment of a plan what it waits for, or that it is begun. */
export function sayBeginning(plan: readonly Environment[], rolling: Rolling): void {
  for (const environment of plan) {
    const needed = environment.dependsOn.map((each) => nameOf(each, rolling));
    if (needed.length === 0) sayStarting(environment, rolling);
    else say(environment, rolling, "waiting", `waits for ${needed.join(", ")}`);
  }
}

/** Tells that an environment is begun. */
export function sayStarting(environment: Environment, rolling: Rolling): void {
  say(environment, rolling, "starting", "starting");
}

/** What an app's status means for its plan. */
export function stateOf({ phase }: AppStatus): State {
  return phase === "ACTIVE" || phase === "STARTED" ? "up" : "starting";
}
