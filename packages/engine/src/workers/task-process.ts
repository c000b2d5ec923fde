import type { FromReplica, ToWorker, WorkerStart } from "@appenv/runtime";
import type { RunEnv, WorkerSpec } from "../contracts/workers.ts";

/** The end of a process. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The error of a process that the system did not start. */
  readonly spawnError?: Error;
}

/** A process in which the runtime is loaded, as workers use it. */
export interface TaskProcess {
  /** 0 if it could not be started. */
  readonly pid: number;
  /** Time of its last message, in milliseconds of `performance.now()`. */
  readonly lastSign: number;
  /** Its end, once it has ended. */
  readonly exited: ProcessExit | undefined;
  /** Reason for which it was killed because it did not keep to the protocol. */
  readonly fault: string | undefined;
  on(event: "message", listener: (message: FromReplica) => void): unknown;
  on(event: "output", listener: (stream: "stdout" | "stderr", lines: readonly string[]) => void): unknown;
  on(event: "exit", listener: (exit: ProcessExit) => void): unknown;
  once(event: "exit", listener: (exit: ProcessExit) => void): unknown;
  send(message: ToWorker): void;
  /** Default: SIGKILL. */
  kill(signal?: NodeJS.Signals): void;
}

/** A process for the tasks of an environment, which has not been told to load it. */
export interface PreparedProcess {
  readonly process: TaskProcess;
  /** Message with which it loads the environment. */
  readonly start: WorkerStart;
  /** Maximum memory of the process and of those below it, in bytes; undefined: no maximum. */
  readonly memoryLimit: number | undefined;
  /** Calls `onOver`, with the bytes in use, when that is exceeded. */
  watchMemory(onOver: (used: number) => void): void;
}

/** Source of the processes of workers. */
export interface TaskProcesses {
  /**
   * A process for attempts of an environment's version, with its secrets and env vars. Those of the run are above those of
   * the environment, and below those the platform itself sets.
   *
   * @throws AppEnvError MISSING_SECRET, SECRET_UNREADABLE, UNSUPPORTED, LOAD_FAILED.
   */
  prepare(spec: WorkerSpec, env: RunEnv): PreparedProcess;
  /** Called when a process has started, and needs the processor no longer. */
  started(): void;
}
