/** How many messages a client may send. */
export interface RateTimes {
  readonly messages: number;
  /** In milliseconds. */
  readonly perMs: number;
}

/** What to do with one more message: take it, refuse it and say so, or refuse it in silence. */
export type RateVerdict = "take" | "refuse" | "ignore";

/** A bucket that holds one period's messages and refills steadily. A flood is told once each time, not for each message. */
export function rateLimit({ messages, perMs }: RateTimes): () => RateVerdict {
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
