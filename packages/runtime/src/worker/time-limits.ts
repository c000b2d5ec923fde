import type { TaskFunction } from "@appenv/core";
import { atTime } from "./at-time.ts";
import type { AttemptStart } from "../ipc/worker-messages.ts";

/** A limit that an attempt has reached. */
export interface TimeLimit {
  readonly message: string;
  /** True if another attempt has time of its own. */
  readonly retryable: boolean;
}

/**
 * The limits of an attempt's time, measured where it runs: code that keeps the event loop busy lets no timer ring and no
 * word of the platform in, and may not return a result after its time all the same.
 */
export class TimeLimits {
  readonly #startedAt: number = performance.now();
  readonly #deadline: number | undefined;
  readonly #runtimeMs: number;
  /** From now to the end of all attempts. */
  readonly #leftMs: number;
  readonly #totalMs: number | undefined;

  /** An attempt that goes through a cancellation again has the limit of the cancellation alone. */
  constructor({ settings }: TaskFunction, { deadline, cancelled }: AttemptStart) {
    this.#deadline = deadline;
    this.#runtimeMs = (cancelled === undefined ? settings.maxRuntimeMs : undefined) ?? Infinity;
    this.#leftMs = deadline === undefined ? Infinity : deadline - Date.now();
    this.#totalMs = settings.deadlineMs;
  }

  /** The limit that is over, if one is. */
  get reached(): TimeLimit | undefined {
    const ms = performance.now() - this.#startedAt;
    if (ms >= this.#leftMs) return this.#total();
    if (ms < this.#runtimeMs) return undefined;
    return { message: `The attempt ran longer than ${seconds(this.#runtimeMs)}.`, retryable: true };
  }

  /** Calls back at the end of all attempts. Returns a function that takes it back. */
  onDeadline(over: (limit: TimeLimit) => void): () => void {
    return atTime(this.#deadline, () => over(this.#total()));
  }

  #total(): TimeLimit {
    const limit = this.#totalMs === undefined ? "it may" : seconds(this.#totalMs);
    return { message: `It took longer than ${limit} in all.`, retryable: false };
  }
}

/** A duration for people. */
function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
