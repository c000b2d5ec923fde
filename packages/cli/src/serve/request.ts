import type { ControlPlaneOptions } from "@appenv/core";
import type { ServeFlags } from "../commands/serve.ts";
import type { RunRequest } from "../runs/request.ts";

/** What `appenv serve` was asked to do. It can be written as JSON. */
export interface ServeRequest {
  readonly kind: "serve";
  /** The file that exports the environment, as it was typed. */
  readonly file: string;
  /** The environment's export or name. */
  readonly name: string | undefined;
  readonly flags: ServeFlags;
}

/** What is done in a process beside the one that holds the platform. */
export type ClientRequest = ServeRequest | RunRequest;

/** What serving an app, or running a task, depends on. */
export interface Surroundings {
  /** How the control plane is found, once it answers. */
  readonly controlPlane: Promise<ControlPlaneOptions>;
  /** Resolves when the command is to end. */
  readonly stopped: Promise<void>;
  /** Whether the platform ends with this command. */
  readonly hosted: boolean;
}

/** What the process that holds the platform tells the other one: the platform answers; end now. */
export type ToClient = "ready" | "stop";

/**
 * What the process beside tells the one that holds the platform: it ends by its own decision, and has said or says why;
 * nobody reads its output any more.
 */
export type FromClient = "ending" | "unread";

/** What shells expect of a command that Ctrl-C ended before it had done its work. */
export const interrupted = 130;
