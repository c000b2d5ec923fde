import { inBackground } from "@appenv/core/internal";
import type { Revision } from "../../replicas/replica-group.ts";
import type { ReplicaSnapshot } from "../report/replica-snapshot.ts";
import { CurrentPhase } from "../current-phase.ts";
import { RevisionGroup, type RevisionGroupContext, type RevisionGroupParts } from "./revision-group.ts";

/** The parts that all groups of one app share. */
export type SideParts = Omit<RevisionGroupParts, "serving" | "setPhase" | "trafficOf" | "onWaiting">;

/** A revision that serves beside the main one. */
export interface Side {
  readonly revision: Revision;
  readonly group: RevisionGroup;
  readonly phase: CurrentPhase;
  /** Resolves when it can answer. */
  started: Promise<void>;
}

/** The revisions that serve beside the one behind the app's own port: each has a port of its own, on loopback. */
export class SideGroups {
  readonly #context: RevisionGroupContext;
  readonly #parts: SideParts;
  readonly #sides = new Map<number, Side>();
  readonly #ending = new Set<Promise<unknown>>();

  constructor(context: RevisionGroupContext, parts: SideParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** The port of a revision; undefined if it is none of these. */
  port(revision: number): number | undefined {
    return this.#sides.get(revision)?.group.intake.port || undefined;
  }

  /** The phase of a revision; undefined if it is none of these. */
  phase(revision: number): CurrentPhase | undefined {
    return this.#sides.get(revision)?.phase;
  }

  replicas(): readonly ReplicaSnapshot[] {
    return [...this.#sides.values()].flatMap(({ group }) => group.replicas.snapshots());
  }

  /** Starts the revisions that do not run yet. @throws AppEnvError if a replica cannot be started; its group is closed then. */
  async start(revisions: readonly Revision[]): Promise<void> {
    const starts = revisions.map((revision) => this.#sides.get(revision.number)?.started ?? this.#start(revision));
    const results = await Promise.allSettled(starts);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** Opens the groups without a replica, as after a restart of the platform. */
  async restore(revisions: readonly Revision[]): Promise<void> {
    const sides = revisions.map((revision) => this.#add(revision));
    await Promise.all(sides.map((side) => this.#listen(side)));
    for (const { group, revision } of sides) group.scaler.scaleTo(revision.definition.replicas.min);
  }

  /** Takes all other revisions out, to be ended: they have no port any more. */
  detachOthers(revisions: readonly Revision[]): readonly Side[] {
    const kept = new Set(revisions.map(({ number }) => number));
    const others = [...this.#sides.values()].filter(({ revision }) => !kept.has(revision.number));
    for (const { revision } of others) this.#sides.delete(revision.number);
    return others;
  }

  /** Ends sides that were taken out, when `told` resolves: nothing is on its way to them then. */
  async end(sides: readonly Side[], limitMs: number, told: Promise<void> = Promise.resolve()): Promise<void> {
    const ending = told.then(() => Promise.all(sides.map(({ group }) => group.close(limitMs))));
    this.#ending.add(ending);
    await ending.finally(() => this.#ending.delete(ending));
  }

  /** Ends all. Resolves when they have ended. */
  async close(limitMs: number): Promise<void> {
    inBackground("A revision with a weight could not be ended", this.end(this.detachOthers([]), limitMs));
    await Promise.all(this.#ending);
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    for (const { revision, group } of this.#sides.values()) group.replicas.setAuth(revision.definition.requiresAuth);
  }

  async #start(revision: Revision): Promise<void> {
    const side = this.#add(revision);
    side.started = this.#startFirst(side);
    await side.started;
  }

  async #startFirst(side: Side): Promise<void> {
    const { group, revision } = side;
    try {
      await this.#listen(side);
      const replica = await group.replicas.start(revision, this.#parts.port(), this.#context.timing.startMs);
      await group.intake.admit(replica);
      group.scaler.watch();
    } catch (error) {
      if (this.#sides.get(revision.number) === side) this.#sides.delete(revision.number);
      await group.close(0);
      throw error;
    }
  }

  /** Adds a side at once, so that whoever wants it too waits for the same start. */
  #add(revision: Revision): Side {
    const current = new CurrentPhase();
    const group = new RevisionGroup(this.#context, {
      ...this.#parts,
      trafficOf: () => undefined,
      serving: () => "Serving.",
      setPhase: (phase, message, failure) => {
        if (current.set(phase, message, failure)) this.#parts.onChange();
      },
    });
    const side = { revision, group, phase: current, started: Promise.resolve() };
    this.#sides.set(revision.number, side);
    return side;
  }

  async #listen({ group, revision }: Side): Promise<void> {
    const { pool, isReserved } = this.#context;
    const wish = { host: "127.0.0.1", declared: 0, before: 0, isReserved: (port: number) => isReserved(port) };
    await group.intake.listen(wish, (handle) => pool.duplicate(handle));
    group.scaler.use(revision);
  }
}
