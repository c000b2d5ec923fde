import type { Wire } from "../connection/wire.ts";

/** A connection as a room sees it. */
export interface Member {
  readonly id: string;
  readonly wire: Wire;
  /** Whether its client speaks AppEnv's protocol. */
  readonly enveloped: boolean;
  /** Whether its route's messages are JSON. */
  readonly isJson: boolean;
  /** The positions its client came back with, by room. */
  readonly resume: Readonly<Record<string, string | null>>;
}
