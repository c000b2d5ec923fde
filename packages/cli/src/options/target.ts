import type { TargetOptions } from "@appenv/core";
import type { TargetFlags } from "./common.ts";

/** The flags as the client takes them. */
export function targetOf({ endpoint, local, project, domain }: TargetFlags): TargetOptions {
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local === undefined ? {} : { local }),
    ...(project === undefined ? {} : { project }),
    ...(domain === undefined ? {} : { domain }),
  };
}
