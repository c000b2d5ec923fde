import type { RunEnv } from "../contracts/workers.ts";

/** The same text for the same env vars, in any order. */
export function envKey(env: RunEnv): string {
  const entries = Object.entries(env);
  return entries.length === 0 ? "" : JSON.stringify(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
