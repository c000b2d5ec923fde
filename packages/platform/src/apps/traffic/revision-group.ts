import type { AppId } from "@appenv/protocol";
import { ReplicaGroup, type ReplicaContext, type Revision, type TrafficOf } from "../../replicas/replica-group.ts";
import type { Replica } from "../../replicas/replica.ts";
import type { TopicHub } from "../../replicas/topic-hub.ts";
import type { SetPhase } from "../current-phase.ts";
import { Intake } from "../intake/intake.ts";
import type { Count } from "../rollout/rollback-watch.ts";
import { ReplicaScaler } from "../scaling/replica-scaler.ts";
import type { AppTiming } from "../timing.ts";

/** Parts that the revision groups of all apps share. */
export interface RevisionGroupContext extends ReplicaContext {
  readonly timing: AppTiming;
  /** True if a port is an app's, also if that is stopped; `but`: another than this one's. */
  readonly isReserved: (port: number, but?: AppId) => boolean;
}

/** Answers of an app to its revision groups, and the events it takes from them. */
export interface RevisionGroupParts {
  readonly id: AppId;
  /** Between the replicas of all groups of an app. */
  readonly hub: TopicHub;
  /** The port the app is reached at. */
  readonly port: () => number;
  readonly trafficOf: TrafficOf;
  /** A connection waits, and no replica can take it. Default: the scaler sees to it. */
  readonly onWaiting?: () => void;
  /** The message of a revision that serves. */
  readonly serving: (revision: Revision) => string;
  readonly setPhase: SetPhase;
  /** Called with the answers of a revision's replicas since the last call. */
  readonly onCount: (revision: number, count: Count) => void;
  /** Called with the drift of a revision: what it loads now that it was not made of, in words; undefined: nothing. */
  readonly onDrift: (revision: number, drift: string | undefined) => void;
  /** Called with each replica that has ended. */
  readonly onEnd: (replica: Replica) => void;
  /** The set of replicas or a state changed. */
  readonly onChange: () => void;
}

/** The replicas of one revision, during a rollout also those of the one before it; their socket, and what scales them. */
export class RevisionGroup {
  readonly replicas: ReplicaGroup;
  readonly intake: Intake;
  readonly scaler: ReplicaScaler;

  constructor(context: RevisionGroupContext, parts: RevisionGroupParts) {
    const { id, hub, trafficOf } = parts;
    const { holdConnections, holdMs } = context.timing;
    this.replicas = new ReplicaGroup(id, context, {
      hub,
      trafficOf,
      crashed: (replica, lifeMs) => {
        // Its open requests are lost.
        const lost = Math.max(1, replica.load?.inFlight ?? 0);
        parts.onCount(replica.revision, { requests: lost, failures: lost });
        this.scaler.crashed(replica, lifeMs);
      },
      drifted: parts.onDrift,
      ended: parts.onEnd,
      changed: parts.onChange,
    });
    this.intake = new Intake(
      { connections: holdConnections, ms: holdMs },
      { ready: () => this.scaler.ready, onWaiting: parts.onWaiting ?? (() => this.scaler.wake()) },
    );
    const { replicas, intake } = this;
    const { port, serving, setPhase, onCount } = parts;
    this.scaler = new ReplicaScaler({ id, context, replicas, intake, port, serving, setPhase, onCount });
  }

  /** Drains its replicas and closes its socket. */
  async close(limitMs: number): Promise<void> {
    this.scaler.use(undefined);
    this.intake.close();
    await this.replicas.drainAll(limitMs);
  }
}
