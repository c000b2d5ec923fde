/** The limit of a client's messages. */
export interface RateTimes {
  readonly messages: number;
  /** In milliseconds. */
  readonly perMs: number;
}

/** The decision about a message: take it, refuse it and say so, or refuse it in silence. */
export type RateDecision = "take" | "refuse" | "ignore";

/** A bucket that holds one period's messages and refills steadily. A flood is refused once each time, not for each message. */
export function rateLimit({ messages, perMs }: RateTimes): () => RateDecision {
  let tokens = messages;
  let at = performance.now();
  let told = false;
  return () => {
    const now = performance.now();
    tokens = Math.min(messages, tokens + ((now - at) * messages) / perMs);
    at = now;
    if (tokens < 1) return told ? "ignore" : ((told = true), "refuse");
    tokens -= 1;
    told = false;
    return "take";
  };
}
