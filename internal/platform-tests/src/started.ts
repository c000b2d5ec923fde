import type { StartedControlPlane } from "./control-plane.ts";

/** The parts that all tests of a control plane share: it is started once. */
export interface Started {
  /** The endpoint, as an option of calls. */
  readonly at: { readonly endpoint: string };
  readonly controlPlane: StartedControlPlane;
}
