import type { Target } from "../targets/abilities.ts";
import type { Change } from "./changes.ts";

/** An app, a task or a trigger of a plan, and the action that a deploy would take. */
export interface PlannedItem {
  readonly kind: "app" | "task" | "trigger";
  readonly name: string;
  readonly action: "create" | "change" | "none";
  /** Empty for one that would be created. */
  readonly changes: readonly Change[];
}

/** An option that the control plane does not honour. */
export interface NotHonoured {
  readonly environment: string;
  /** As it is written in code, for example `traffic.latest`. */
  readonly option: string;
  /** `no`: the behaviour that it asks for is missing there; `without effect`: it has no meaning there. */
  readonly is: "no" | "without effect";
  readonly note: string;
}

/** A deploy, as it would be. */
export interface DeploymentPlan {
  readonly endpoint: string;
  readonly project: string;
  readonly domain: string;
  readonly target: Target;
  /** In the order of the deploy. */
  readonly items: readonly PlannedItem[];
  readonly notHonoured: readonly NotHonoured[];
}
