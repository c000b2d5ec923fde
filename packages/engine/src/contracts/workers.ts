import type { TaskDefinition } from "@appenv/protocol";
import type {
  ActionError,
  ActionOutcome,
  ActionRequest,
  AttemptResult,
  AttemptStart,
  ScopeChange,
} from "@appenv/runtime";

/** What a task's attempts run in. */
export interface WorkerSpec {
  /** Same spec, same workers: project, domain, environment and version. */
  readonly key: string;
  readonly project: string;
  readonly domain: string;
  readonly definition: TaskDefinition;
  /** Alone in a process of its own. */
  readonly isolated: boolean;
}

/** The attempts' processes. It decides nothing: what is handed to it starts as soon as a process is there. */
export interface Workers {
  /**
   * Runs an attempt in a worker with room, or in a new one. Its events come through `listener`, `ended` once and last.
   */
  start(spec: WorkerSpec, attempt: Omit<AttemptStart, "id">, listener: AttemptListener): RunningAttempt;
  /** Ends all workers. */
  close(): Promise<void>;
}

/** A running attempt, as the engine holds it. */
export interface RunningAttempt {
  /** Answers a request. */
  answer(call: number, outcome: ActionOutcome): void;
  /**
   * Aborts its signal; a worker that does not end the attempt within its grace is ended with SIGTERM, and later with
   * SIGKILL if it is stuck. `ended` comes in any case.
   */
  cancel(reason: "aborted" | "timed-out", message: string): void;
  /**
   * Gives it so much time once it is cancelled, beside its grace; undefined: no more than that. From the first time on it is
   * to be run again if its process is lost: then it is `lost`, and not cancelled.
   */
  hold(limitMs: number | undefined): void;
}

/** What happens to an attempt. */
export interface AttemptListener {
  /** It was given to a process. */
  started(worker: { readonly name: string; readonly pid: number }): void;
  request(request: ActionRequest): void;
  /** Told that an `uncancelled` scope begins, or has ended. */
  scope(change: ScopeChange): void;
  line(at: number, stream: "stdout" | "stderr", text: string): void;
  progress(done: number, total: number, message: string): void;
  report(html: string): void;
  /** `lost`: the process ended, or could not start; `alone` tells whether the attempt was the only one in it. */
  ended(
    end:
      | { readonly type: "result"; readonly result: AttemptResult }
      | { readonly type: "lost"; readonly alone: boolean; readonly error: ActionError },
  ): void;
}
