import type { ReplicaProcess } from "./replica-process.ts";

/** Time limit for a replica's answer, in milliseconds; its own limit for checks is usually longer. */
const limitMs = 500;

/** The checks of a replica that fail, each with the reason; none if it does not answer soon. */
export async function failingChecks({ calls }: ReplicaProcess): Promise<Readonly<Record<string, string>>> {
  const checks: unknown = await calls.ask("failing", undefined, limitMs);
  // Code of a user shares the channel with the runtime.
  if (typeof checks !== "object" || checks === null) return {};
  return Object.fromEntries(Object.entries(checks).filter((entry) => typeof entry[1] === "string"));
}
