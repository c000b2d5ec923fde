import { isDeepStrictEqual } from "node:util";
import { AppEnvError } from "@appenv/core";
import type { AppDefinition } from "@appenv/protocol";
import type { AppPhase, AppSnapshot, RevisionSnapshot, RevisionWeight } from "./contract.ts";
import type { AppStore, StoredApp } from "../state/app-store.ts";
import { askFailing } from "../replicas/failing-checks.ts";
import { appSnapshot, revisionSnapshot, type AppView } from "./app-snapshot.ts";
import { AppStatus } from "./app-status.ts";
import { describeFailure } from "./describe-failure.ts";
import type { LaneContext } from "./traffic/revision-group.ts";
import { KeptApp } from "./rollout/kept-app.ts";
import { Lanes } from "./traffic/revision-groups.ts";
import type { Revision } from "../replicas/replica-group.ts";
import { idleMessage } from "./scaling/replica-scaler.ts";
import { isSameDefinition } from "./rollout/same-definition.ts";
import type { Replica } from "../replicas/replica.ts";
import { RollbackWatch, type Count, type Rollback } from "./rollout/rollback-watch.ts";
import {
  describeTraffic,
  find,
  newestOf,
  planOf,
  readWeights,
  trafficFor,
  storedTraffic,
  type TrafficPlan,
} from "./traffic/traffic-plan.ts";
import { inBackground } from "@appenv/core/internal";

/** What the runners of all apps share. */
export interface RunnerContext extends LaneContext {
  readonly store: AppStore;
  /** The address apps listen on. */
  readonly host: string;
  /** Told after every change of an app. */
  readonly onChange: (runner: AppRunner) => void;
  /** Lets an app's own decisions wait for commands that came before. */
  readonly inTurn: (runner: AppRunner, work: () => Promise<void>) => Promise<void>;
}

/**
 * Runs one app: keeps what is wanted of it, and has its `Lanes` bring that about.
 *
 * Two plans matter: the one the record holds, which is wanted, and the one that serves. They differ during a rollout, and
 * after a rollout that failed the record goes back to what serves.
 */
export class AppRunner {
  readonly #kept: KeptApp;
  readonly #context: RunnerContext;
  readonly #status: AppStatus = new AppStatus();
  readonly #lanes: Lanes;
  readonly #watch: RollbackWatch = new RollbackWatch();
  /** One more with every rollout and stop: what an older one still does is given up. */
  #generation = 0;
  /** The drift of each revision: what its replicas load now that it was not made of, in words. */
  readonly #drifts: Map<number, string> = new Map();
  #rollingOut = false;
  #rollingBack = false;
  #rolledOut: Promise<void> = Promise.resolve();
  #retryAt = 0;

  constructor(record: StoredApp, context: RunnerContext) {
    this.#context = context;
    this.#kept = new KeptApp(record, context.store, (text) => this.#log(text));
    this.#lanes = new Lanes(context, {
      id: record.id,
      port: () => this.#kept.record.port,
      onWaiting: () => this.#wake(),
      setStatus: (phase, message) => this.#setLaneStatus(phase, message),
      onCount: (revision, count) => this.#count(revision, count),
      onDrift: (revision, drift) => this.#onDrift(revision, drift),
      onChange: () => context.onChange(this),
    });
  }

  get record(): StoredApp {
    return this.#kept.record;
  }

  get status(): Pick<AppStatus, "outage"> {
    return this.#status;
  }

  get snapshot(): AppSnapshot {
    return appSnapshot(this.#view());
  }

  /** The revisions that are kept, newest first. */
  revisions(): readonly RevisionSnapshot[] {
    const kept = this.#kept.revisions();
    return kept.map((revision) => revisionSnapshot(revision, this.#view()));
  }

  /**
   * Comes back after a restart of the platform: the revisions that answered last, at zero replicas or at the smallest
   * number it declares. Wanted revisions that were never seen to answer have to be started first.
   */
  async restore(): Promise<void> {
    const { definition, served, failure } = this.#kept.record;
    if (definition.desiredState === "stopped") return this.#setStatus("STOPPED", "Stopped.");
    try {
      if (served === undefined) await this.#listenAgain(definition);
      else await this.#restorePlan(this.#kept.servedPlan(served));
      if (this.#kept.isSettled()) return;
      if (served !== undefined)
        await this.#listenFor(this.#kept.plan(), this.#lanes.main.scaler.revision?.definition.port ?? 0);
      if (failure !== undefined && definition.replicas.min === 0) return this.#setStatus("FAILED", failure);
      this.#setStatus("DEPLOYING", `Revision ${this.#kept.record.revision} is starting.`, this.#status.reachable);
      this.#rolledOut = this.#rollOut();
    } catch (error) {
      this.#setStatus("FAILED", AppEnvError.from(error, "PORT_IN_USE").message);
    }
  }

  async #restorePlan(plan: TrafficPlan): Promise<void> {
    await this.#lanes.restore(plan);
    this.#watch.begin(plan, undefined);
    await this.#listenAgain(plan.main.definition);
    this.#setStatus("ACTIVE", idleMessage);
    this.#lanes.main.scaler.scaleTo(plan.main.definition.replicas.min);
  }

  async #listenAgain(definition: AppDefinition): Promise<void> {
    await this.#listen(definition, this.#kept.record.port);
    this.#keepPort();
  }

  /** Listens for a plan: at the port of the app, unless the plan asks for another than the serving one. */
  async #listenFor({ main: { definition } }: TrafficPlan, declared: number): Promise<void> {
    await this.#listen(definition, definition.port === declared ? this.#kept.record.port : 0);
  }

  /** Stores a definition and begins its rollout, or stops. Resolves when it is stored and the app's port is open. */
  async apply(definition: AppDefinition): Promise<void> {
    if (this.#serves(definition)) return;
    if (definition.desiredState === "stopped") return this.#stopAs(definition);
    const revision = this.#nextRevision();
    const traffic = trafficFor({ number: revision, definition }, this.#lanes.serving);
    await this.#want({ definition, revision, traffic }, `Revision ${revision} is starting.`);
  }

  /** Changes the weights of the revisions. Resolves when that is stored. @throws AppEnvError INVALID_OPTION, NOT_FOUND. */
  async setTraffic(weights: readonly RevisionWeight[]): Promise<void> {
    const { id, definition } = this.#kept.record;
    if (definition.desiredState === "stopped" || this.#lanes.serving === undefined) {
      throw new AppEnvError("INVALID_OPTION", `'${id.name}' does not serve: it has no requests to share out.`, {
        fix: `Start it first: \`appenv activate ${id.name}\`.`,
      });
    }
    await this.#changeTraffic(readWeights(weights), "The requests are shared out anew.");
  }

  /** Drains everything and closes the port. Returns when that is stored; the drain goes on. */
  stop(): void {
    this.#stopAs({ ...this.#kept.record.definition, desiredState: "stopped" });
  }

  #stopAs(definition: AppDefinition): void {
    const { served: _served, failure: _failure, ...record } = this.#kept.record;
    const isSame = isDeepStrictEqual({ ...record.definition, desiredState: "stopped" }, definition);
    const revision = isSame ? record.revision : this.#nextRevision();
    this.#kept.save({ ...record, definition, revision, traffic: [], updatedAt: new Date() });
    inBackground(`App '${this.record.id.name}' could not be stopped`, this.shutDown(this.#context.timing.stopMs));
    this.#setStatus("STOPPED", "Stopped.");
  }

  /** The first definition is there already. */
  #nextRevision(): number {
    return this.#status.phase === "PENDING" ? this.#kept.record.revision : this.#kept.nextRevision();
  }

  /** Drains everything and closes the port, without a change of what is stored. */
  async shutDown(limitMs: number): Promise<void> {
    this.#generation += 1;
    await this.#lanes.close(limitMs);
  }

  /**
   * Why it cannot be reached; undefined if it can. Who asks has it tried again, as a request would: else what failed and
   * is not called any more would never be known to work again.
   */
  outage(): string | undefined {
    const { outage, phase } = this.#status;
    if (phase === "FAILED" && outage !== undefined && !this.#rollingOut) this.#lanes.main.scaler.wake();
    return outage;
  }

  /** Which checks fail in one of its replicas, and why. No replica is started for it. */
  async failing(): Promise<Readonly<Record<string, string>>> {
    const [replica] = this.#lanes.main.scaler.ready;
    return replica === undefined ? {} : askFailing(replica.process);
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    this.#lanes.refreshAuth();
  }

  #serves(definition: AppDefinition): boolean {
    const same = isSameDefinition(definition, this.#kept.record.definition);
    const { revision } = this.#kept.record;
    if (definition.desiredState === "stopped") return same && this.#status.phase === "STOPPED";
    return same && this.#status.phase === "ACTIVE" && this.#lanes.serving?.weights[0]?.revision === revision;
  }

  async #changeTraffic(weights: readonly RevisionWeight[], message: string): Promise<void> {
    const kept = this.#kept.revisions();
    const [latest] = weights.map(({ revision }) => find(kept, revision));
    if (latest === undefined) return;
    const { number: revision, definition } = latest;
    await this.#want({ definition, revision, traffic: storedTraffic(weights) }, message);
  }

  /** Stores the wanted state, and begins to bring it about. A rollout that began before is given up. */
  async #want(wanted: Pick<StoredApp, "definition" | "revision" | "traffic">, message: string): Promise<void> {
    const plan = planOf(wanted, () => this.#kept.revisions());
    const { failure: _failure, ...record } = this.#kept.record;
    const before = this.#lanes.main.scaler.revision;
    this.#kept.save({ ...record, ...wanted, updatedAt: new Date() });
    this.#generation += 1;
    this.#rollingOut = true;
    this.#setStatus("DEPLOYING", message, this.#status.reachable);
    try {
      await this.#listenFor(plan, (before?.definition ?? record.definition).port);
    } catch (error) {
      this.#giveUp(before, AppEnvError.from(error, "PORT_IN_USE"));
      this.#endRollout();
      throw error;
    }
    this.#rolledOut = this.#rollOut();
  }

  /** @param before - The port the app had before, if it is to have it again; else 0. */
  async #listen(definition: AppDefinition, before: number): Promise<void> {
    const { host, pool } = this.#context;
    const { intake, scaler } = this.#lanes.main;
    const isReserved = (port: number): boolean => this.#context.isReserved(port, this.#kept.record.id);
    await intake.listen({ host, declared: definition.port, before, isReserved }, (handle) => pool.duplicate(handle));
    if (scaler.revision === undefined) this.#keepPort();
  }

  #keepPort(): void {
    const { intake } = this.#lanes.main;
    intake.settle();
    const { port } = intake;
    if (port !== this.#kept.record.port) this.#kept.save({ ...this.#kept.record, port });
  }

  /** A connection waits. */
  #wake(): void {
    if (this.#rollingOut) return;
    const { scaler, intake } = this.#lanes.main;
    if (scaler.revision !== undefined) return scaler.wake();
    if (performance.now() < this.#retryAt) return intake.refuseWaiting("The app could not be started.");
    inBackground(`The rollout of '${this.record.id.name}' failed`, this.#rollOut());
  }

  /** Starts the wanted revisions beside those that serve, and lets them take over once they can answer. */
  async #rollOut(): Promise<void> {
    const generation = (this.#generation += 1);
    const { scaler } = this.#lanes.main;
    const before = scaler.revision;
    this.#rollingOut = true;
    scaler.hold();
    try {
      const plan = this.#kept.plan();
      const started = await this.#lanes.start(plan);
      if (generation === this.#generation) await this.#takeOver(plan, started);
      else await this.#lanes.abandon(started);
    } catch (error) {
      if (generation === this.#generation) this.#giveUp(before, AppEnvError.from(error, "START_FAILED"));
    } finally {
      this.#context.pool.refill();
      if (generation === this.#generation) this.#endRollout();
    }
  }

  #endRollout(): void {
    this.#rollingOut = false;
    this.#judge();
    this.#lanes.main.scaler.release();
    if (this.#lanes.main.intake.waiting > 0) this.#wake();
  }

  async #takeOver(plan: TrafficPlan, started: readonly Replica[]): Promise<void> {
    this.#watch.begin(plan, this.#lanes.serving);
    this.#keepPort();
    const generation = this.#generation;
    const canAnswer = await this.#lanes.takeOver(plan, started);
    this.#kept.keepServed(plan);
    if (canAnswer && generation === this.#generation) this.#setStatus("ACTIVE", describeTraffic(plan.weights));
  }

  #onDrift(revision: number, drift: string | undefined): void {
    if (drift === this.#drifts.get(revision)) return;
    if (drift === undefined) this.#drifts.delete(revision);
    else this.#drifts.set(revision, drift);
    this.#context.onChange(this);
  }

  #count(revision: number, count: Count): void {
    this.#watch.add(revision, count);
    if (count.failures > 0) this.#judge();
  }

  #judge(): void {
    // A rollout is about to change what is judged.
    const due = this.#rollingOut || this.#rollingBack ? undefined : this.#watch.due();
    if (due !== undefined) inBackground(`'${this.record.id.name}' could not be rolled back`, this.#rollBack(due));
  }

  async #rollBack({ weights, reason }: Rollback): Promise<void> {
    this.#rollingBack = true;
    this.#log(reason);
    try {
      await this.#context.inTurn(this, async () => {
        if (this.#lanes.serving !== undefined) await this.#changeTraffic(weights, reason);
      });
      await this.#rolledOut;
      if (this.#status.phase === "ACTIVE") this.#setStatus("ACTIVE", `${reason} ${describeTraffic(weights)}`);
    } catch (error) {
      this.#setStatus("FAILED", `${reason} ${AppEnvError.from(error, "START_FAILED").message}`);
    } finally {
      this.#rollingBack = false;
    }
  }

  /** The revision never became ready. What served before goes on serving, and is what a restart brings back. */
  #giveUp(before: Revision | undefined, error: AppEnvError): void {
    const { revision } = this.#kept.record;
    const reason = describeFailure(error);
    this.#log(`Revision ${revision} was given up. ${reason}`);
    const { serving: plan, main } = this.#lanes;
    if (before === undefined || plan === undefined) {
      this.#retryAt = performance.now() + 1_000;
      main.intake.refuseWaiting("The app could not be started.");
      this.#kept.keepFailure(reason);
      return this.#setStatus("FAILED", reason);
    }
    main.intake.forget();
    this.#goBack(plan);
    const now = `Revision ${before.number} goes on serving.`;
    this.#setStatus("FAILED", describeFailure(error, now), this.#status.reachable);
  }

  #goBack(plan: TrafficPlan): void {
    const { number: revision, definition } = newestOf(plan);
    this.#kept.save({ ...this.#kept.record, definition, revision, traffic: storedTraffic(plan.weights) });
    this.#lanes.endOthers(plan);
  }

  #view(): AppView {
    const { host } = this.#context;
    const { record } = this.#kept;
    return { record, status: this.#status, lanes: this.#lanes, watch: this.#watch, drifts: this.#drifts, host };
  }

  #log(text: string): void {
    this.#context.logs.write(this.#kept.record.id, "platform", "platform", text.split("\n"));
  }

  /** Ignores the status of a lane that serves beside a rollout: it is not that of the wanted revision. */
  #setLaneStatus(phase: AppPhase, message: string): void {
    if (this.#rollingOut) this.#status.reachable = phase === "ACTIVE";
    else this.#setStatus(phase, message);
  }

  /** @param reachable - See `AppStatus`. */
  #setStatus(phase: AppPhase, message: string, reachable?: boolean): void {
    if (this.#status.set(phase, message, reachable)) this.#context.onChange(this);
  }
}
