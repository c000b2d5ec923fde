/** One replica, as a snapshot. */
export interface ReplicaSnapshot {
  readonly name: string;
  readonly revision: number;
  readonly pid: number;
  readonly state: "starting" | "ready" | "draining";
  readonly startedAt: Date;
  /** Unset while it cannot answer. */
  readonly readyAt?: Date;
  /** Requests and sockets open. */
  readonly inFlight: number;
  /** Resident memory of its own process. */
  readonly memoryBytes: number;
  /** Requests, and responses of status 500 and above, since its start. */
  readonly requests: number;
  readonly failures: number;
}
