/** Where a message stands in its topic: `comparePositions` tells which of two is later. */
export type Position = string;

/** A message of a topic. */
export interface BackplaneMessage {
  readonly position: Position;
  readonly payload: Uint8Array;
}

/** What a topic still keeps of the past. */
export interface BackplaneHistory {
  /** Oldest first. */
  readonly messages: readonly BackplaneMessage[];
  /** Whether nothing that came after the position asked for is missing. */
  readonly complete: boolean;
}

/** How a message is published. */
export interface PublishOptions {
  /** How many of the newest messages of the topic are kept for `history`. Default 0: none. */
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
  /** For people and for health: `process`, `platform`, `redis`. */
  readonly name: string;
  /** Whether other replicas are reached now. While they are not, messages still reach this replica's subscribers. */
  readonly connected: boolean;
  /** Resolves with the message's position when the topic has taken it. */
  publish(topic: string, payload: Uint8Array, options?: PublishOptions): Promise<Position>;
  /** Calls the listener for every message published from now on; resolves when that is sure. */
  subscribe(topic: string, listener: (message: BackplaneMessage) => void): Promise<Unsubscribe>;
  /** What is kept of a topic after a position; without one, all of it. */
  history(topic: string, after?: Position): Promise<BackplaneHistory>;
}

/** Negative if `a` is before `b` in their topic, positive if it is after it, 0 if they are the same. */
export function comparePositions(a: Position, b: Position): number {
  const [majorA = 0, minorA = 0] = a.split("-").map(Number);
  const [majorB = 0, minorB = 0] = b.split("-").map(Number);
  return majorA - majorB || minorA - minorB;
}
