import type { AppPhase } from "../contracts.ts";

/** An app's phase with its reason, and when it changed. */
export class AppStatus {
  phase: AppPhase = "PENDING";
  message: string = "Not started yet.";
  since: Date = new Date();

  /** Returns whether anything changed. */
  set(phase: AppPhase, message: string): boolean {
    if (phase === this.phase && message === this.message) return false;
    this.phase = phase;
    this.message = message;
    this.since = new Date();
    return true;
  }
}
