import type { ControlPlaneOptions } from "@appenv/core";
import type { ControlPlaneFlags } from "./common.ts";

/** The flags as the client takes them. */
export function controlPlaneOf({ endpoint, local, project, domain }: ControlPlaneFlags): ControlPlaneOptions {
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local === undefined ? {} : { local }),
    ...(project === undefined ? {} : { project }),
    ...(domain === undefined ? {} : { domain }),
  };
}
