import { TopicHub } from "../../replicas/topic-hub.ts";
import type { ReplicaSnapshot } from "../contract.ts";
import { Lane, type LaneContext, type LaneParts } from "./revision-group.ts";
import type { Revision } from "../../replicas/replica-group.ts";
import type { Replica } from "../../replicas/replica.ts";
import { describeTraffic, replicaTraffic, type TrafficPlan } from "./traffic-plan.ts";
import { SideLanes } from "./side-groups.ts";
import { inBackground } from "@appenv/core/internal";

const ending = "The replicas of an older revision could not be drained";

/** What the lanes of an app ask of it, and tell it. */
export type LanesParts = Omit<LaneParts, "hub" | "splitFor" | "serving" | "onWaiting"> & {
  /** A connection waits at the app's own port, and no replica can take it. */
  readonly onWaiting: () => void;
};

/**
 * What serves an app: the lane behind the app's own port, where all connections come in, and beside it one for each
 * revision that gets a share of the requests.
 */
export class Lanes {
  readonly main: Lane;
  readonly sides: SideLanes;
  readonly #context: LaneContext;
  #serving: TrafficPlan | undefined;

  constructor(context: LaneContext, parts: LanesParts) {
    const { onWaiting, setStatus, ...shared } = { ...parts, hub: new TopicHub() };
    this.#context = context;
    this.sides = new SideLanes(context, shared);
    this.main = new Lane(context, {
      ...shared,
      onWaiting,
      setStatus,
      splitFor: (revision) => this.#splitFor(revision),
      serving: () => describeTraffic(this.#serving?.weights ?? []),
    });
  }

  /** What serves; undefined: nothing yet, or nothing any more. */
  get serving(): TrafficPlan | undefined {
    return this.#serving;
  }

  /** The replicas of all revisions. */
  get replicas(): readonly ReplicaSnapshot[] {
    return [...this.main.group.snapshots(), ...this.sides.replicas()];
  }

  /** Comes back with a plan, without replicas. */
  async restore(plan: TrafficPlan): Promise<void> {
    this.main.scaler.use(plan.main);
    this.#serving = plan;
    await this.sides.restore(plan.sides);
  }

  /** Starts what a plan needs beside what serves. Resolves with the replicas that are to take over the app's port. */
  async start({ main, sides }: TrafficPlan): Promise<readonly Replica[]> {
    await this.sides.start(sides);
    const before = this.main.scaler.revision;
    return main.number === before?.number ? [] : this.#startMain(main, before);
  }

  /** As many as the revision before has, so that it can take over at once. */
  async #startMain(revision: Revision, before: Revision | undefined): Promise<readonly Replica[]> {
    const { group, intake } = this.main;
    group.endStarting(revision.number);
    const { min, max } = revision.definition.replicas;
    const count = Math.min(Math.max(1, min, group.ready(before?.number).length), Math.max(1, max));
    return group.startAll(count, revision, intake.port, this.#context.timing.startMs);
  }

  /** A plan serves from now on, with what `start` gave; what it does not need drains. Resolves with whether it can answer. */
  async takeOver(plan: TrafficPlan, started: readonly Replica[]): Promise<boolean> {
    const { scaler, intake, group } = this.main;
    if (started.length > 0) scaler.use(plan.main);
    this.#serving = plan;
    const { drainMs } = this.#context.timing;
    // The ports of those that end must be gone before the others are told what to pass on.
    const ended = this.sides.detachOthers(plan.sides);
    inBackground(ending, this.sides.end(ended, drainMs, group.refreshSplit(drainMs)));
    for (const replica of started) await intake.admit(replica);
    if (started.length > 0) scaler.watch();
    inBackground(ending, group.drain(group.others(plan.main.number), "rollout", drainMs));
    return started.length === 0 || scaler.ready.length > 0;
  }

  /** Gives up what was started for a plan that was not carried out. */
  async abandon(started: readonly Replica[]): Promise<void> {
    await this.main.group.drain(started, "rollout", this.#context.timing.drainMs);
  }

  /** Ends the sides a plan does not have. */
  endOthers({ sides }: TrafficPlan): void {
    inBackground(ending, this.sides.end(this.sides.detachOthers(sides), this.#context.timing.drainMs));
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    const revision = this.main.scaler.revision;
    if (revision !== undefined) this.main.group.setAuth(revision.definition.requiresAuth);
    this.sides.refreshAuth();
  }

  /** Drains everything and closes the ports. */
  async close(limitMs: number): Promise<void> {
    this.#serving = undefined;
    await Promise.all([this.main.close(limitMs), this.sides.close(limitMs)]);
  }

  #splitFor(revision: number): ReturnType<typeof replicaTraffic> {
    if (this.#serving === undefined) return undefined;
    return replicaTraffic(this.#serving, revision, (number) => this.sides.port(number));
  }
}
