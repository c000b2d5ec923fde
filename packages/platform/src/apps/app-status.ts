import type { AppPhase } from "./contract.ts";

/** An app's phase with its reason, and when it changed. */
export class AppStatus {
  phase: AppPhase = "PENDING";
  message: string = "Not started yet.";
  since: Date = new Date();
  /** Whether requests are answered, if need be by a replica that they start. */
  reachable: boolean = false;

  /**
   * Returns whether anything changed.
   *
   * @param reachable - Default: if it is active.
   */
  set(phase: AppPhase, message: string, reachable: boolean = phase === "ACTIVE"): boolean {
    this.reachable = reachable;
    if (phase === this.phase && message === this.message) return false;
    this.phase = phase;
    this.message = message;
    this.since = new Date();
    return true;
  }

  /** Why it cannot be reached, short and without what its replicas wrote; undefined if it can. */
  get outage(): string | undefined {
    if (this.reachable) return undefined;
    if (this.phase === "STOPPED") return "it is stopped";
    if (this.phase !== "FAILED") return "it has not started yet";
    const [, code] = /^\[([A-Z_]+)\]/.exec(this.message) ?? [];
    return code === undefined ? "it has failed" : `it has failed, ${code}`;
  }
}
