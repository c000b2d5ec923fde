import { AppEnvError } from "@appenv/core";
import { inBackground } from "@appenv/core/internal";
import type { AppDefinition } from "@appenv/protocol";
import type { Replica } from "../../replicas/replica.ts";
import type { Revision } from "../../replicas/replica-group.ts";
import type { StoredApp } from "../../state/app-store.ts";
import type { RevisionWeight } from "../contract.ts";
import type { CurrentPhase } from "../current-phase.ts";
import { failureOf, statusText, type Failure } from "../failure.ts";
import type { RevisionGroupContext } from "../traffic/revision-group.ts";
import type { RevisionGroups } from "../traffic/revision-groups.ts";
import { describeTraffic, find, newestOf, planOf, storedTraffic, type TrafficPlan } from "../traffic/traffic-plan.ts";
import type { KeptApp } from "./kept-app.ts";
import { RollbackWatch, type Count, type Rollback } from "./rollback-watch.ts";

/** The parts of an app that a rollout works on. */
export interface RolloutParts {
  readonly kept: KeptApp;
  readonly groups: RevisionGroups;
  readonly phase: CurrentPhase;
  readonly context: RevisionGroupContext & {
    /** The host apps listen on. */
    readonly host: string;
  };
  /** @param reachable - See `CurrentPhase`. */
  readonly setPhase: (...change: Parameters<CurrentPhase["set"]>) => void;
  readonly log: (text: string) => void;
  /** Does work after the commands for this app that came before. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}

/**
 * Brings the wanted revisions of one app about.
 *
 * Two plans matter: the one the record holds, which is wanted, and the one that serves. They differ during a rollout, and
 * after a rollout that failed the record goes back to the one that serves.
 */
export class Rollout {
  readonly watch: RollbackWatch = new RollbackWatch();
  readonly #parts: RolloutParts;
  /** One more with every rollout and stop: an older one is given up. */
  #generation = 0;
  #inProgress = false;
  #rollingBack = false;
  #ended: Promise<void> = Promise.resolve();
  #retryAt = 0;

  constructor(parts: RolloutParts) {
    this.#parts = parts;
  }

  /** True while a rollout is under way. */
  get inProgress(): boolean {
    return this.#inProgress;
  }

  /** Stores the wanted state, and begins to bring it about. A rollout that began before is given up. */
  async want(
    wanted: Pick<StoredApp, "definition" | "revision" | "traffic">,
    message: string,
    failure?: Failure,
  ): Promise<void> {
    const { kept, groups, phase, setPhase } = this.#parts;
    const plan = planOf(wanted, () => kept.revisions());
    const { failure: _failure, ...record } = kept.record;
    const before = groups.main.scaler.revision;
    kept.save({ ...record, ...wanted, updatedAt: new Date() });
    this.#generation += 1;
    this.#inProgress = true;
    setPhase("DEPLOYING", message, failure, phase.reachable);
    try {
      await this.listenFor(plan, (before?.definition ?? record.definition).port);
    } catch (error) {
      this.#giveUp(before, AppEnvError.from(error, "PORT_IN_USE"));
      this.#end();
      throw error;
    }
    this.start();
  }

  /** Has kept revisions serve with these weights. @throws AppEnvError NOT_FOUND. */
  async wantTraffic(weights: readonly RevisionWeight[], message: string, failure?: Failure): Promise<void> {
    const stored = this.#parts.kept.revisions();
    const [latest] = weights.map(({ revision }) => find(stored, revision));
    if (latest === undefined) return;
    const { number: revision, definition } = latest;
    await this.want({ definition, revision, traffic: storedTraffic(weights) }, message, failure);
  }

  /** Begins to bring about what is stored. */
  start(): void {
    this.#ended = this.#run();
  }

  /** Gives up a rollout that is under way. */
  cancel(): void {
    this.#generation += 1;
  }

  /** Starts a replica for a connection that waits, or says at once that none comes. */
  wake(): void {
    if (this.#inProgress) return;
    const { scaler, intake } = this.#parts.groups.main;
    if (scaler.revision !== undefined) return scaler.wake();
    if (performance.now() < this.#retryAt) return intake.refuseWaiting("The app could not be started.");
    inBackground(`The rollout of '${this.#name}' failed`, this.#run());
  }

  /** Adds the answers of a revision since the last call. Too many failures take it out of traffic. */
  count(revision: number, count: Count): void {
    this.watch.add(revision, count);
    if (count.failures > 0) this.#rollBackIfDue();
  }

  /** Listens for a plan: at the port of the app, unless the plan asks for another than the serving one. */
  async listenFor({ main: { definition } }: TrafficPlan, declared: number): Promise<void> {
    await this.listen(definition, definition.port === declared ? this.#parts.kept.record.port : 0);
  }

  /** @param before - The port the app had before, if it is to have it again; else 0. */
  async listen(definition: AppDefinition, before: number): Promise<void> {
    const { kept, groups, context } = this.#parts;
    const isReserved = (port: number): boolean => context.isReserved(port, kept.record.id);
    const wish = { host: context.host, declared: definition.port, before, isReserved };
    await groups.main.intake.listen(wish, (handle) => context.pool.duplicate(handle));
    if (groups.main.scaler.revision === undefined) this.keepPort();
  }

  /** Makes the port that was listened on last the app's. */
  keepPort(): void {
    const { kept, groups } = this.#parts;
    groups.main.intake.settle();
    const { port } = groups.main.intake;
    if (port !== kept.record.port) kept.save({ ...kept.record, port });
  }

  get #name(): string {
    return this.#parts.kept.record.id.name;
  }

  /** Starts the wanted revisions beside those that serve, and lets them take over once they can answer. */
  async #run(): Promise<void> {
    const { kept, groups, context } = this.#parts;
    const generation = (this.#generation += 1);
    const before = groups.main.scaler.revision;
    this.#inProgress = true;
    groups.main.scaler.hold();
    try {
      const plan = kept.plan();
      const started = await groups.start(plan);
      if (generation === this.#generation) await this.#takeOver(plan, started);
      else await groups.abandon(started);
    } catch (error) {
      if (generation === this.#generation) this.#giveUp(before, AppEnvError.from(error, "START_FAILED"));
    } finally {
      context.pool.refill();
      if (generation === this.#generation) this.#end();
    }
  }

  async #takeOver(plan: TrafficPlan, started: readonly Replica[]): Promise<void> {
    const { kept, groups, setPhase } = this.#parts;
    this.watch.begin(plan, groups.serving);
    this.keepPort();
    const generation = this.#generation;
    const canAnswer = await groups.takeOver(plan, started);
    kept.keepServed(plan);
    if (canAnswer && generation === this.#generation) setPhase("ACTIVE", describeTraffic(plan.weights));
  }

  #end(): void {
    const { scaler, intake } = this.#parts.groups.main;
    this.#inProgress = false;
    this.#rollBackIfDue();
    scaler.release();
    if (intake.waiting > 0) this.wake();
  }

  /** The revision never became ready. The one that served before goes on, and comes back after a restart. */
  #giveUp(before: Revision | undefined, error: AppEnvError): void {
    const { kept, groups, phase, setPhase, log } = this.#parts;
    const failure = failureOf(error);
    log(`Revision ${kept.record.revision} was given up. ${statusText({ failure, message: "" })}`);
    const { serving, main } = groups;
    if (before === undefined || serving === undefined) {
      this.#retryAt = performance.now() + 1_000;
      main.intake.refuseWaiting("The app could not be started.");
      kept.keepFailure(failure);
      return setPhase("FAILED", "", failure);
    }
    main.intake.forget();
    const { number: revision, definition } = newestOf(serving);
    kept.save({ ...kept.record, definition, revision, traffic: storedTraffic(serving.weights) });
    groups.endOthers(serving);
    setPhase("FAILED", `Revision ${before.number} goes on serving.`, failure, phase.reachable);
  }

  #rollBackIfDue(): void {
    // A rollout is about to change what is judged.
    const due = this.#inProgress || this.#rollingBack ? undefined : this.watch.due();
    if (due !== undefined) inBackground(`'${this.#name}' could not be rolled back`, this.#rollBack(due));
  }

  async #rollBack({ weights, failure }: Rollback): Promise<void> {
    const { groups, phase, setPhase, log, inTurn } = this.#parts;
    this.#rollingBack = true;
    log(statusText({ failure, message: "" }));
    try {
      await inTurn(async () => {
        if (groups.serving !== undefined) await this.wantTraffic(weights, "", failure);
      });
      await this.#ended;
      if (phase.phase === "ACTIVE") setPhase("ACTIVE", describeTraffic(weights), failure);
    } catch (error) {
      setPhase("FAILED", AppEnvError.from(error, "START_FAILED").message, failure);
    } finally {
      this.#rollingBack = false;
    }
  }
}
