import type { AppId } from "@appenv/protocol";
import type { TopicHub } from "../../replicas/topic-hub.ts";
import type { AppPhase } from "../contract.ts";
import { ReplicaGroup, type GroupContext, type Revision, type SplitFor } from "../../replicas/replica-group.ts";
import { ReplicaScaler } from "../scaling/replica-scaler.ts";
import type { Count } from "../rollout/rollback-watch.ts";
import type { AppTiming } from "../timing.ts";
import { Intake } from "../intake/intake.ts";

/** What lanes work with. */
export interface LaneContext extends GroupContext {
  readonly timing: AppTiming;
  /** Whether a port is an app's, also if that is stopped; `but`: another than this one's. */
  readonly isReserved: (port: number, but?: AppId) => boolean;
}

/** What a lane asks of its app, and tells it. */
export interface LaneParts {
  readonly id: AppId;
  /** Between the replicas of all lanes of an app. */
  readonly hub: TopicHub;
  /** The port the app is reached at. */
  readonly port: () => number;
  /** What the replicas of a revision pass on. */
  readonly splitFor: SplitFor;
  /** A connection waits, and no replica can take it. Default: the scaler sees to it. */
  readonly onWaiting?: () => void;
  /** What the lane says while it serves. */
  readonly serving: (revision: Revision) => string;
  readonly setStatus: (phase: AppPhase, message: string) => void;
  /** What the replicas of a revision counted since the last call. */
  readonly onCount: (revision: number, count: Count) => void;
  /** Told the drift of a revision: what it loads now that it was not made of, in words; undefined: nothing. */
  readonly onDrift: (revision: number, drift: string | undefined) => void;
  /** The set of replicas or a state changed. */
  readonly onChange: () => void;
}

/** A socket, the replicas behind it, and what scales them. */
export class Lane {
  readonly group: ReplicaGroup;
  readonly intake: Intake;
  readonly scaler: ReplicaScaler;

  constructor(context: LaneContext, parts: LaneParts) {
    const { id, hub, splitFor } = parts;
    const { holdConnections, holdMs } = context.timing;
    this.group = new ReplicaGroup(id, context, {
      hub,
      splitFor,
      crashed: (replica, lifeMs) => {
        // What it had open is lost.
        const lost = Math.max(1, replica.load?.inFlight ?? 0);
        parts.onCount(replica.revision, { requests: lost, failures: lost });
        this.scaler.crashed(replica, lifeMs);
      },
      drifted: parts.onDrift,
      changed: parts.onChange,
    });
    this.intake = new Intake(
      { connections: holdConnections, ms: holdMs },
      { ready: () => this.scaler.ready, onWaiting: parts.onWaiting ?? (() => this.scaler.wake()) },
    );
    const { port, serving, setStatus, onCount } = parts;
    this.scaler = new ReplicaScaler({
      id,
      context,
      port,
      serving,
      setStatus,
      onCount,
      group: this.group,
      intake: this.intake,
    });
  }

  /** Drains its replicas and closes its socket. */
  async close(limitMs: number): Promise<void> {
    this.scaler.use(undefined);
    this.intake.close();
    await this.group.drainAll(limitMs);
  }
}
