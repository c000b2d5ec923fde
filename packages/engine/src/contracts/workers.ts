import type { TaskDefinition } from "@appenv/protocol";
import type { ActionError } from "@appenv/runtime";
import type { AttemptHandle } from "../workers/attempt-handle.ts";

/** Env vars of a run: processes differ by them. */
export type RunEnv = Readonly<Record<string, string>>;

/** The environment of attempts, and whether each has a process to itself. */
export interface WorkerSpec {
  /** Same spec, same workers: project, domain, environment and version. */
  readonly key: string;
  readonly project: string;
  readonly domain: string;
  /** Of the task. */
  readonly version: string;
  readonly definition: TaskDefinition;
  /** Alone in a process of its own. */
  readonly isolated: boolean;
}

/**
 * A process for several attempts at once. `starting` until its bundle is loaded; `leaving` from the moment it gets no more
 * attempts; `ended` when its process has.
 */
export interface Worker {
  readonly state: "starting" | "working" | "leaving" | "ended";
  /** The number of attempts in it. */
  readonly size: number;
  /** Time since it last said something, in milliseconds; 0 without attempts. A long one means a blocked event loop. */
  readonly silentMs: number;
  /** True once its process has shown that it takes attempts. */
  readonly hasServed: boolean;
  /** The reason why its process never took attempts; `crashed`: it ended without giving one. */
  readonly failure: { readonly error: ActionError; readonly crashed: boolean } | undefined;
  /** Gives it an attempt. Its events come after this has returned. */
  run(attempt: AttemptHandle): void;
  /** Gives it no more attempts: it ends when it has none. */
  leave(): void;
}

/** Processes for attempts. They queue nothing: the scheduler says when an attempt starts, and in which of them. */
export interface Workers {
  /** The number of processors to count with. */
  readonly processors: number;
  /** Pause after the n-th crash in a row of a starting process, from 1, in milliseconds. */
  restartDelay(crashes: number): number;
  /** Pause after one more process beside others could not start, in milliseconds. */
  readonly retryMs: number;
  /**
   * Starts a process for several attempts.
   *
   * @param onChange - Called when its state is another, and when it may take attempts that it could not take before.
   * @throws AppEnvError MISSING_SECRET, SECRET_UNREADABLE, UNSUPPORTED, LOAD_FAILED, START_FAILED.
   */
  start(spec: WorkerSpec, env: RunEnv, onChange: (worker: Worker) => void): Worker;
  /** Runs an attempt in a process of its own: a new one, or one that has become free. */
  runAlone(spec: WorkerSpec, attempt: AttemptHandle): void;
  /** Gives up all attempts and ends all processes. */
  close(): Promise<void>;
}
