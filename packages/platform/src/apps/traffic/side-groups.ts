import type { ReplicaSnapshot } from "../contract.ts";
import { AppStatus } from "../app-status.ts";
import { Lane, type LaneContext, type LaneParts } from "./revision-group.ts";
import type { Revision } from "../../replicas/replica-group.ts";
import { inBackground } from "@appenv/core/internal";

/** What the lanes of one app share. */
export type SideParts = Omit<LaneParts, "serving" | "setStatus" | "splitFor" | "onWaiting">;

/** One of them. */
export interface Side {
  readonly revision: Revision;
  readonly lane: Lane;
  readonly status: AppStatus;
  /** Resolves when it can answer. */
  started: Promise<void>;
}

/** The revisions that serve beside the one behind the app's own port: each has a port of its own, on loopback. */
export class SideLanes {
  readonly #context: LaneContext;
  readonly #parts: SideParts;
  readonly #sides = new Map<number, Side>();
  readonly #ending = new Set<Promise<unknown>>();

  constructor(context: LaneContext, parts: SideParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Where a revision answers; undefined if it does not run here. */
  port(revision: number): number | undefined {
    return this.#sides.get(revision)?.lane.intake.port || undefined;
  }

  /** What a revision does, for people. */
  message(revision: number): string {
    return this.#sides.get(revision)?.status.message ?? "";
  }

  replicas(): readonly ReplicaSnapshot[] {
    return [...this.#sides.values()].flatMap(({ lane }) => lane.group.snapshots());
  }

  /** Starts those that do not run yet. @throws AppEnvError as a replica that cannot be started; those are closed again. */
  async start(revisions: readonly Revision[]): Promise<void> {
    const starts = revisions.map((revision) => this.#sides.get(revision.number)?.started ?? this.#start(revision));
    const results = await Promise.allSettled(starts);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** Opens them without a replica, as after a restart of the platform. */
  async restore(revisions: readonly Revision[]): Promise<void> {
    const sides = revisions.map((revision) => this.#add(revision));
    await Promise.all(sides.map((side) => this.#listen(side)));
    for (const { lane, revision } of sides) lane.scaler.scaleTo(revision.definition.replicas.min);
  }

  /** Takes all others out: they have no port any more, and are to be ended. */
  detachOthers(revisions: readonly Revision[]): readonly Side[] {
    const kept = new Set(revisions.map(({ number }) => number));
    const others = [...this.#sides.values()].filter(({ revision }) => !kept.has(revision.number));
    for (const { revision } of others) this.#sides.delete(revision.number);
    return others;
  }

  /** Ends what was taken out, when `told` resolves: nothing is on its way to it then. */
  async end(sides: readonly Side[], limitMs: number, told: Promise<void> = Promise.resolve()): Promise<void> {
    const ending = told.then(() => Promise.all(sides.map(({ lane }) => lane.close(limitMs))));
    this.#ending.add(ending);
    await ending.finally(() => this.#ending.delete(ending));
  }

  /** Ends all. Resolves when they have ended. */
  async close(limitMs: number): Promise<void> {
    inBackground(
      "A revision with a share of the requests could not be ended",
      this.end(this.detachOthers([]), limitMs),
    );
    await Promise.all(this.#ending);
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    for (const { revision, lane } of this.#sides.values()) lane.group.setAuth(revision.definition.requiresAuth);
  }

  async #start(revision: Revision): Promise<void> {
    const side = this.#add(revision);
    side.started = this.#startFirst(side);
    await side.started;
  }

  async #startFirst(side: Side): Promise<void> {
    const { lane, revision } = side;
    try {
      await this.#listen(side);
      const replica = await lane.group.start(revision, this.#parts.port(), this.#context.timing.startMs);
      await lane.intake.admit(replica);
      lane.scaler.watch();
    } catch (error) {
      if (this.#sides.get(revision.number) === side) this.#sides.delete(revision.number);
      await lane.close(0);
      throw error;
    }
  }

  /** It is known from now on, so that whoever wants it too waits for the same start. */
  #add(revision: Revision): Side {
    const status = new AppStatus();
    const lane = new Lane(this.#context, {
      ...this.#parts,
      splitFor: () => undefined,
      serving: () => "Serving.",
      setStatus: (phase, message) => {
        if (status.set(phase, message)) this.#parts.onChange();
      },
    });
    const side = { revision, lane, status, started: Promise.resolve() };
    this.#sides.set(revision.number, side);
    return side;
  }

  async #listen({ lane, revision }: Side): Promise<void> {
    const { pool, isReserved } = this.#context;
    const wish = { host: "127.0.0.1", declared: 0, before: 0, isReserved: (port: number) => isReserved(port) };
    await lane.intake.listen(wish, (handle) => pool.duplicate(handle));
    lane.scaler.use(revision);
  }
}
