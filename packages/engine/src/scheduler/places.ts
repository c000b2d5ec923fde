import type { WorkerSpec } from "../contracts/workers.ts";
import type { AttemptHandle } from "../workers/attempt-handle.ts";
import type { WaitReason } from "./turn.ts";

/** A place for an attempt: in a worker, or a processor for a process of its own. */
export interface Place {
  /** The number of attempts there that do not wait for children or for somebody. The environment's queue counts them. */
  computing: number;
  /** True once no attempt can be given to it any more. */
  readonly isGone: boolean;
  run(spec: WorkerSpec, attempt: AttemptHandle): void;
}

/** The places of jobs with the same code and env vars. */
export interface Places {
  /** True while a job that might start has found no place, and none has become free since. */
  blocked: boolean;
  /** The number of jobs that wait for places. */
  waiting: number;
  /** A free place, which stays free until it is counted; undefined if there is none. */
  take(): Place | undefined;
  /** Called when one of its jobs computes no more. */
  freed(): void;
  /** Called when none of its jobs waits any more. */
  emptied(): void;
  /** The reason why `take` finds nothing. */
  whyWaiting(): WaitReason;
}
