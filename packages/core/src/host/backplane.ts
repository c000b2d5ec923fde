/** The place of a message in its topic. `comparePositions` orders two of them. */
export type Position = string;

/** A message of a topic. */
export interface BackplaneMessage {
  readonly position: Position;
  readonly payload: Uint8Array;
}

/** Past messages that a topic still keeps. */
export interface BackplaneHistory {
  /** Oldest first. */
  readonly messages: readonly BackplaneMessage[];
  /** True if no message after the requested position is missing. */
  readonly complete: boolean;
}

/** Options of a published message. */
export interface PublishOptions {
  /** Number of the topic's newest messages that are kept for `history`. Default 0. */
  readonly keep?: number;
}

/** Ends a subscription. */
export type Unsubscribe = () => Promise<void>;

/**
 * Broadcast between the replicas of an app: over the platform on one machine, Redis across machines, and within the
 * process where there is only one. All subscribers of a topic see its messages in the same order, the publisher
 * included. Delivery is at most once; what was missed can be had from `history`, as far as it is kept.
 */
export interface Backplane {
  /** A name for people and for health: `process`, `platform`, `redis`. */
  readonly name: string;
  /** True while other replicas are reached. While they are not, messages still reach this replica's subscribers. */
  readonly connected: boolean;
  /** Publishes a message. Resolves with its position when the topic has taken it. */
  publish(topic: string, payload: Uint8Array, options?: PublishOptions): Promise<Position>;
  /** Calls the listener for every message published from now on; resolves when the subscription stands. */
  subscribe(topic: string, listener: (message: BackplaneMessage) => void): Promise<Unsubscribe>;
  /** The messages of a topic that are kept after a position; without one, all that are kept. */
  history(topic: string, after?: Position): Promise<BackplaneHistory>;
}

/** Negative if `a` is before `b` in their topic, positive if it is after it, 0 if they are the same. */
export function comparePositions(a: Position, b: Position): number {
  const [majorA = 0, minorA = 0] = a.split("-").map(Number);
  const [majorB = 0, minorB = 0] = b.split("-").map(Number);
  return majorA - majorB || minorA - minorB;
}
