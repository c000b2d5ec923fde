import type { ControlPlaneOptions, Duration } from "@appenv/core";
import type { ControlPlaneFlags } from "../options/common.ts";
import type { RunRequest } from "../runs/request.ts";

/** The options of `appenv serve`. */
export interface ServeFlags extends ControlPlaneFlags {
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly param?: Readonly<Record<string, string>>;
  readonly traffic?: number;
  readonly force?: boolean;
  readonly copyStyle?: "loaded_modules" | "none";
  readonly watch?: boolean;
  readonly follow?: boolean;
  readonly port?: number;
  readonly host?: string;
  readonly tcp?: boolean;
  readonly behindProxy?: boolean;
  readonly requireToken?: boolean;
  readonly keepRuns?: Duration;
}

/** A request to serve an app. It can be written as JSON. */
export interface ServeRequest {
  readonly kind: "serve";
  /** The file that exports the environment, as it was typed. */
  readonly file: string;
  /** The environment's export or name. */
  readonly name: string | undefined;
  readonly flags: ServeFlags;
}

/** A request that can be carried out in a process beside the one that holds the platform. */
export type ClientRequest = ServeRequest | RunRequest;

/** The surroundings in which a request is carried out. */
export interface Surroundings {
  /** The client's options for the control plane, once it answers. */
  readonly controlPlane: Promise<ControlPlaneOptions>;
  /** Resolves when the command is to end. */
  readonly stopped: Promise<void>;
  /** True if the platform ends with this command. */
  readonly hosted: boolean;
}

/** Messages to the process that carries out the request: the platform answers; end now. */
export type ToClient = "ready" | "stop";

/**
 * Messages to the process that holds the platform: the other one ends by its own decision, and reports why itself; nobody
 * reads its output any more.
 */
export type FromClient = "ending" | "unread";

/** Exit code of a command that Ctrl-C ended before it had done its work, as shells expect it. */
export const interrupted = 130;
