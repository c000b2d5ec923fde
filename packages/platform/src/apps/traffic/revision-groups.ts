import { inBackground } from "@appenv/core/internal";
import type { Replica } from "../../replicas/replica.ts";
import type { Revision } from "../../replicas/replica-group.ts";
import { TopicHub } from "../../replicas/topic-hub.ts";
import type { ReplicaSnapshot } from "../report/replica-snapshot.ts";
import { RevisionGroup, type RevisionGroupContext, type RevisionGroupParts } from "./revision-group.ts";
import { SideGroups } from "./side-groups.ts";
import { describeTraffic, replicaTraffic, type TrafficPlan } from "./traffic-plan.ts";

const draining = "The replicas of an older revision could not be drained";

/** Answers of an app to its revision groups, and the events it takes from them. */
export type RevisionGroupsParts = Omit<RevisionGroupParts, "hub" | "trafficOf" | "serving" | "onWaiting"> & {
  /** A connection waits at the app's own port, and no replica can take it. */
  readonly onWaiting: () => void;
};

/**
 * All that serves an app: the main group behind the app's own port, where all connections come in, and beside it a group
 * for each other revision with a weight.
 */
export class RevisionGroups {
  readonly main: RevisionGroup;
  readonly sides: SideGroups;
  readonly #context: RevisionGroupContext;
  #serving: TrafficPlan | undefined;

  constructor(context: RevisionGroupContext, parts: RevisionGroupsParts) {
    const { onWaiting, setPhase, ...shared } = { ...parts, hub: new TopicHub() };
    this.#context = context;
    this.sides = new SideGroups(context, shared);
    this.main = new RevisionGroup(context, {
      ...shared,
      onWaiting,
      setPhase,
      trafficOf: (revision) =>
        this.#serving && replicaTraffic(this.#serving, revision, (number) => this.sides.port(number)),
      serving: () => describeTraffic(this.#serving?.weights ?? []),
    });
  }

  /** The plan that serves; undefined: none yet, or none any more. */
  get serving(): TrafficPlan | undefined {
    return this.#serving;
  }

  /** The replicas of all revisions. */
  get replicas(): readonly ReplicaSnapshot[] {
    return [...this.main.replicas.snapshots(), ...this.sides.replicas()];
  }

  /** Comes back with a plan, without replicas. */
  async restore(plan: TrafficPlan): Promise<void> {
    this.main.scaler.use(plan.main);
    this.#serving = plan;
    await this.sides.restore(plan.sides);
  }

  /**
   * Starts the replicas of a plan beside those that serve, as many as the revision before has, so that they can take over
   * at once. Resolves with those that are to take over the app's port.
   */
  async start({ main, sides }: TrafficPlan): Promise<readonly Replica[]> {
    await this.sides.start(sides);
    const { scaler, replicas, intake } = this.main;
    const before = scaler.revision?.number;
    if (main.number === before) return [];
    replicas.endStarting(main.number);
    const { min, max } = main.definition.replicas;
    const count = Math.min(Math.max(1, min, replicas.ready(before).length), Math.max(1, max));
    return replicas.startAll(count, main, intake.port, this.#context.timing.startMs);
  }

  /**
   * Has a plan serve from now on, with the replicas that `start` gave; replicas it does not need drain. Resolves with
   * whether it can answer.
   */
  async takeOver(plan: TrafficPlan, started: readonly Replica[]): Promise<boolean> {
    const { scaler, intake, replicas } = this.main;
    if (started.length > 0) scaler.use(plan.main);
    this.#serving = plan;
    const { drainMs } = this.#context.timing;
    // The ports of revisions that end must be gone before the others are told what to pass on.
    const ended = this.sides.detachOthers(plan.sides);
    inBackground(draining, this.sides.end(ended, drainMs, replicas.refreshTraffic(drainMs)));
    for (const replica of started) await intake.admit(replica);
    if (started.length > 0) scaler.watch();
    inBackground(draining, replicas.drain(replicas.others(plan.main.number), "rollout", drainMs));
    return started.length === 0 || scaler.ready.length > 0;
  }

  /** Gives up replicas that were started for a plan that is not wanted any more. */
  async abandon(started: readonly Replica[]): Promise<void> {
    await this.main.replicas.drain(started, "rollout", this.#context.timing.drainMs);
  }

  /** Ends the sides a plan does not have. */
  endOthers({ sides }: TrafficPlan): void {
    inBackground(draining, this.sides.end(this.sides.detachOthers(sides), this.#context.timing.drainMs));
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    const revision: Revision | undefined = this.main.scaler.revision;
    if (revision !== undefined) this.main.replicas.setAuth(revision.definition.requiresAuth);
    this.sides.refreshAuth();
  }

  /** Drains everything and closes the ports. */
  async close(limitMs: number): Promise<void> {
    this.#serving = undefined;
    await Promise.all([this.main.close(limitMs), this.sides.close(limitMs)]);
  }
}
