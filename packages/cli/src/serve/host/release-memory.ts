import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Gives back what starting needed and running does not: V8 keeps it until much later, or for good. */
export function releaseMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: object) => void;
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
