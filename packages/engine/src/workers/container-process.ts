import type { AttemptResult, AttemptStart } from "@appenv/runtime";
import type { WorkerSpec } from "../contracts/workers.ts";
import type { ProcessExit } from "./task-process.ts";

/** The process of one attempt of a container's task: a program of its own, which writes its outcome into files. */
export interface ContainerProcess {
  readonly pid: number;
  /** Maximum memory of it and of those below it, in bytes; undefined: no maximum. */
  readonly memoryLimit: number | undefined;
  on(event: "output", listener: (stream: "stdout" | "stderr", lines: readonly string[]) => void): unknown;
  /** Comes when it, and all that it has started, have ended. */
  on(event: "exit", listener: (exit: ProcessExit) => void): unknown;
  /** SIGTERM asks the program itself to end; SIGKILL ends it and all that it has started. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** Calls `onOver`, with the bytes in use, when the memory limit is exceeded. */
  watchMemory(onOver: (used: number) => void): void;
  /** The outcome that it has written, with its report; to be read once it has ended with exit code 0. Never rejects. */
  readResult(): Promise<Pick<AttemptResult, "outcome" | "report">>;
}

/** An attempt of a container's task, as its process is started. */
export interface ContainerStart {
  readonly spec: WorkerSpec;
  readonly attempt: Omit<AttemptStart, "id">;
  /** Writes a line into the attempt's log, while the process is prepared. */
  readonly say: (text: string) => void;
  /** Aborted when nobody waits for the process any more. */
  readonly signal: AbortSignal;
}

/** Source of the processes of containers' tasks. */
export interface ContainerProcesses {
  /**
   * Starts the process of an attempt, which may take minutes: an environment for it may have to be made.
   *
   * @throws AppEnvError UNSUPPORTED, MISSING_SECRET, SECRET_UNREADABLE, LOAD_FAILED, START_FAILED.
   */
  start(start: ContainerStart): Promise<ContainerProcess>;
}
