/** Times of workers, in milliseconds. */
export interface WorkerTiming {
  /** From the start of a process to its first attempt: the bundle is loaded in this time. */
  readonly startMs: number;
  /** From the abort of an attempt's signal to the end of its cleanup. */
  readonly graceMs: number;
  /** From SIGTERM to SIGKILL for the program of a container that is cancelled, as Kubernetes gives it. */
  readonly containerGraceMs: number;
  /** From `finish` to SIGTERM for a worker that has nothing to do. */
  readonly finishMs: number;
  /** From its last sign of life until a process counts as stuck; while it has attempts, it gives one every 250 ms. */
  readonly silentMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly termMs: number;
  /** From SIGTERM to SIGKILL when the platform ends. */
  readonly closeMs: number;
  /** From a crash at the start to the next process; twice as long after each further crash. */
  readonly restartMs: number;
  /** From the failed start of one more worker beside others to the next try. */
  readonly retryMs: number;
}

/** The default times. */
export const defaultTiming: WorkerTiming = {
  startMs: 60_000,
  graceMs: 10_000,
  containerGraceMs: 30_000,
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
