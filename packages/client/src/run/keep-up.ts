import type { ControlPlane } from "../control-plane/connect.ts";
import type { Run } from "./run.ts";

/** A platform in this process stays until the run has ended, whether anybody waits for it or not. */
export function keepUp(controlPlane: ControlPlane, run: Run): void {
  if (controlPlane.startedHere) run.wait({ throws: false }).catch(() => {});
}
