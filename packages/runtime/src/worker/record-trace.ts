import type { ActionOutcome, ActionRequest } from "../ipc/action-messages.ts";
import { toActionError } from "./action-error.ts";
import { refused } from "./read-answer.ts";

/** The attempt that computes a trace. */
interface RecordingAttempt {
  readonly isActive: boolean;
  ask(request: Omit<Extract<ActionRequest, { kind: "trace-result" }>, "attempt" | "call">): Promise<ActionOutcome>;
}

/** Computes what a trace gives, and resolves once that is on disk. What fails is recorded too, for people. */
export async function recordTrace(
  attempt: RecordingAttempt,
  name: string,
  compute: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const startedAt = Date.now();
  let outputs: Uint8Array;
  try {
    outputs = await compute();
  } catch (error) {
    // A cancelled attempt has nothing more to say. The failure has its turn among the other results.
    const result = { error: toActionError(error) };
    if (attempt.isActive) {
      await attempt.ask({ kind: "trace-result", name, startedAt, result }).catch(() => {});
    }
    throw error;
  }
  const outcome = await attempt.ask({ kind: "trace-result", name, startedAt, result: { outputs } });
  if (outcome.type !== "succeeded") throw refused("The result of a trace", outcome);
  return outputs;
}
