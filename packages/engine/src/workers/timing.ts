/** How long things may take with workers, in milliseconds. */
export interface WorkerTiming {
  /** From a process to its first attempt: the bundle is loaded in this time. */
  readonly startMs: number;
  /** From the abort of an attempt's signal to the end of its cleanup. */
  readonly graceMs: number;
  /** From `finish` to SIGTERM for a worker that has nothing to do. */
  readonly finishMs: number;
  /** Without a sign of life for so long a process is stuck; while it has attempts, it gives one every 250 ms. */
  readonly silentMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly termMs: number;
  /** From SIGTERM to SIGKILL when the platform ends. */
  readonly closeMs: number;
  /** From a crash at the start to the next process; twice as long after each further crash. */
  readonly restartMs: number;
  /** After one more worker of several could not start, no further one is tried for so long. */
  readonly retryMs: number;
}

/** What holds where nothing else was said. */
export const defaultTiming: WorkerTiming = {
  startMs: 60_000,
  graceMs: 10_000,
  finishMs: 5_000,
  silentMs: 7_500,
  termMs: 5_000,
  closeMs: 2_000,
  restartMs: 200,
  retryMs: 5_000,
};

/** The wait after the n-th crash at the start in a row, from 1, in milliseconds. */
export function restartDelay({ restartMs }: WorkerTiming, crashes: number): number {
  return restartMs * 2 ** (crashes - 1);
}
