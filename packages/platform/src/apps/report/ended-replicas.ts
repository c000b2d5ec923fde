import type { Replica } from "../../replicas/replica.ts";
import type { EndedReplica } from "./app-report.ts";

/** Maximum replicas that are remembered. */
const kept = 20;

/** The replicas of an app that ended lately. They are forgotten with the platform. */
export class EndedReplicas {
  readonly #ended: EndedReplica[] = [];
  #restarts = 0;

  /** Takes a replica that has just ended. */
  add(replica: Replica): void {
    const { name, revision, startedAt, exited } = replica;
    const { code, message } = replica.end;
    if (code !== "") this.#restarts += 1;
    const { code: exitCode, signal } = exited ?? { code: null, signal: null };
    this.#ended.unshift({
      name,
      revision,
      startedAt,
      endedAt: new Date(),
      code,
      message,
      ...(exitCode === null ? {} : { exitCode }),
      ...(signal === null ? {} : { signal }),
    });
    this.#ended.splice(kept);
  }

  /** The latest first. */
  get all(): readonly EndedReplica[] {
    return [...this.#ended];
  }

  /** The number of those that ended by a fault of theirs, forgotten ones included. */
  get restarts(): number {
    return this.#restarts;
  }
}
