import type { Target } from "../target/connect.ts";
import type { Run } from "./run.ts";

/** A platform in this process stays until the run has ended, whether anybody waits for it or not. */
export function keepUp(target: Target, run: Run): void {
  if (target.startedHere) run.wait({ throws: false }).catch(() => {});
}
