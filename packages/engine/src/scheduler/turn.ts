import type { AttemptStart } from "@appenv/runtime";
import type { AttemptListener, RunningAttempt } from "../contracts/attempts.ts";
import type { RunEnv, WorkerSpec } from "../contracts/workers.ts";
import type { QueueId, QueueLimits } from "./queue-contract.ts";

/** An action that has to run, as the scheduler knows it. */
export interface Job {
  /** Its run and its name there, for people. */
  readonly id: { readonly run: string; readonly action: string };
  /** Its queue, and the key by which that limits it; `limits`: those of a queue that no deployed task has. */
  readonly queue: { readonly id: QueueId; readonly key: string; readonly limits: QueueLimits };
  /** The highest starts first. */
  readonly priority: number;
  /** Milliseconds since 1970. */
  readonly queuedAt: number;
  /** Runs take turns. */
  readonly run: number;
  /** `project/domain/environment`. */
  readonly environment: string;
  /** Within the environment. */
  readonly task: string;
  /**
   * Maximum number of jobs that compute at once: of the environment, of the task, and in the workers that jobs of the
   * environment share.
   */
  readonly limits: { readonly environment: number; readonly task: number; readonly workerPlaces: number };
  readonly spec: WorkerSpec;
  /** Env vars of the run: jobs with others have other workers. */
  readonly env: RunEnv;
}

/** The reason for which an action does not run yet. */
export type WaitReason =
  /** Another action computes the result of the same cache key. `holder`: its name in the run of that name. */
  | { readonly kind: "cache"; readonly holder: { readonly run: string; readonly action: string } }
  /** It failed, and is tried again at that time. */
  | { readonly kind: "retry"; readonly at: Date }
  /** It begins at that time. */
  | { readonly kind: "schedule"; readonly at: Date }
  /** A limit is reached. `workerPlaces`: all places in shared workers are taken; `processors`: of isolated actions. */
  | {
      readonly kind: "limit";
      readonly of: "environment" | "task" | "workerPlaces" | "processors";
      readonly limit: number;
    }
  /**
   * No worker takes it now: one starts, or starts again in a moment after a crash; all are full or their event loops
   * blocked; or those of runs with other env vars have to make room first.
   */
  | { readonly kind: "worker"; readonly worker: "starting" | "restarting" | "full" | "blocked" | "other-env-vars" }
  /** Its queue is paused; `by`: the one who paused it. */
  | (QueueWait & { readonly kind: "paused"; readonly at: Date; readonly by: string })
  /** As many with its key run as its queue allows; `running`: the first ten of them. */
  | (QueueWait & { readonly kind: "queue"; readonly limit: number; readonly running: readonly Job["id"][] })
  /** As many with its key have started in the last `perMs` as its queue allows; `nextAt`: the time of the next start. */
  | (QueueWait & { readonly kind: "rate"; readonly limit: number; readonly perMs: number; readonly nextAt: Date })
  /** Others are before it. */
  | { readonly kind: "turn" };

/** The queue that an action waits in, the key that it is limited by (empty without one), and the number before it. */
export interface QueueWait {
  readonly queue: QueueId;
  readonly key: string;
  readonly before: number;
}

/** A job that waits or runs. */
export interface Turn {
  /** Begins its attempt, once it has its place. Events come after this has returned. */
  run(given: Omit<AttemptStart, "id">, listener: AttemptListener): RunningAttempt;
  /** Gives its place to others until it is resumed, as while it waits for children. */
  pause(): void;
  /** Takes a place again, without waiting: there may be more than the limit for a while, and none starts until then. */
  resume(): void;
  /** It has ended, or need not start any more. May be called twice. */
  release(): void;
  /** Undefined if it does not wait. */
  whyWaiting(): WaitReason | undefined;
}
