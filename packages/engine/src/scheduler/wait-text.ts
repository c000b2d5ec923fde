import { seconds } from "../actions/action-errors.ts";
import type { QueueWait, WaitReason } from "./turn.ts";

type Of<Kind extends WaitReason["kind"]> = Extract<WaitReason, { kind: Kind }>;

const workers: Readonly<Record<Of<"worker">["worker"], string>> = {
  starting: "A worker starts for it.",
  restarting: "Its worker crashed, and starts again in a moment.",
  full: "All workers of its environment are full.",
  blocked: "The event loops of its workers are blocked by code that computes.",
  "other-env-vars": "Workers of runs with other env vars have to make room first.",
};

const limited: Readonly<Record<Of<"limit">["of"], (limit: number) => string>> = {
  environment: (limit) => `The concurrency of its environment is reached: ${limit}.`,
  task: (limit) => `The concurrency of its task is reached: ${limit}.`,
  workerPlaces: (limit) => `All ${limit} places in the workers of its environment are taken.`,
  processors: (limit) => `${limit} isolated actions run, as many as there are processors.`,
};

/** The reason for which an action does not run yet, as a sentence. */
export function waitText(reason: WaitReason): string {
  switch (reason.kind) {
    case "cache":
      return `The action ${reason.holder.action} of the run ${reason.holder.run} computes the result of the same cache key.`;
    case "retry":
      return `It failed, and is tried again at ${reason.at.toISOString()}.`;
    case "schedule":
      return `It is scheduled for ${reason.at.toISOString()}.`;
    case "limit":
      return limited[reason.of](reason.limit);
    case "worker":
      return workers[reason.worker];
    case "paused":
      return `Its queue ${queueOf(reason, "")} is paused by ${reason.by} since ${reason.at.toISOString()}${before(reason)}.`;
    case "queue":
      return `It waits for a place in the queue ${queueOf(reason)}: ${Math.max(reason.limit, reason.running.length)} of ${reason.limit} run${before(reason)}.`;
    case "rate":
      return (
        `The queue ${queueOf(reason)} starts ${reason.limit} in ${seconds(reason.perMs)}: the next one starts at ` +
        `${reason.nextAt.toISOString()}${before(reason)}.`
      );
    case "turn":
      return "Others are before it in its queue.";
  }
}

/** The name of the queue, and the key by which it limits the action. */
function queueOf({ queue, key }: QueueWait, shown = key): string {
  return shown === "" ? queue.name : `${queue.name}, key ${shown}`;
}

function before({ before: count }: QueueWait): string {
  return count === 0 ? "" : `, ${count} before it`;
}
