import type { AppPhase } from "./contract.ts";
import type { Failure } from "./failure.ts";

/** Sets a phase. @param message - For people: what it does now, beside `failure`. */
export type SetPhase = (phase: AppPhase, message: string, failure?: Failure) => void;

/** The phase of an app or a revision, the reason for it, and when it changed. */
export class CurrentPhase {
  phase: AppPhase = "PENDING";
  message: string = "Not started yet.";
  failure: Failure | undefined;
  since: Date = new Date();
  /** True if requests are answered, if need be by a replica that they start. */
  reachable: boolean = false;

  /**
   * Returns whether anything changed.
   *
   * @param reachable - Default: if it is active.
   */
  set(phase: AppPhase, message: string, failure?: Failure, reachable: boolean = phase === "ACTIVE"): boolean {
    this.reachable = reachable;
    const isSameFailure = failure?.code === this.failure?.code && failure?.message === this.failure?.message;
    if (phase === this.phase && message === this.message && isSameFailure) return false;
    this.phase = phase;
    this.message = message;
    this.failure = failure;
    this.since = new Date();
    return true;
  }

  /** The reason why it cannot be reached, short and without the output of its replicas; undefined if it can. */
  get unreachable(): string | undefined {
    if (this.reachable) return undefined;
    if (this.phase === "STOPPED") return "it is stopped";
    if (this.phase !== "FAILED") return "it has not started yet";
    return this.failure === undefined ? "it has failed" : `it has failed, ${this.failure.code}`;
  }
}
