import type { ServeFlags } from "../commands/serve.ts";

/** What `appenv serve` was asked to do. It can be written as JSON. */
export interface ServeRequest {
  /** The file that exports the environment, as it was typed. */
  readonly file: string;
  /** The environment's export or name. */
  readonly name: string | undefined;
  readonly flags: ServeFlags;
}

/** What the process that holds the platform tells the one that serves the app: the platform answers; end now. */
export type ToClient = "ready" | "stop";

/**
 * What the process that serves the app tells the one that holds the platform: it ends by its own decision, and has said
 * or says why; nobody reads its output any more.
 */
export type FromClient = "ending" | "unread";

/** What shells expect of a command that Ctrl-C ended before it had done its work. */
export const interrupted = 130;
