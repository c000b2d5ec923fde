import { isDeepStrictEqual } from "node:util";
import { AppEnvError } from "@appenv/core";
import { inBackground } from "@appenv/core/internal";
import type { AppDefinition } from "@appenv/protocol";
import { failingChecks } from "../replicas/failing-checks.ts";
import type { AppStore, StoredApp } from "../state/app-store.ts";
import { appSnapshot, revisionSnapshot, type AppView } from "./app-snapshot.ts";
import type { AppPhase, AppSnapshot, RevisionSnapshot, RevisionWeight } from "./contract.ts";
import { CurrentPhase } from "./current-phase.ts";
import { failureOf, type Failure } from "./failure.ts";
import type { AppReport } from "./report/app-report.ts";
import { EndedReplicas } from "./report/ended-replicas.ts";
import { reasonsOf } from "./report/reasons.ts";
import { KeptApp } from "./rollout/kept-app.ts";
import { Rollout } from "./rollout/rollout.ts";
import { idleMessage } from "./scaling/replica-scaler.ts";
import type { RevisionGroupContext } from "./traffic/revision-group.ts";
import { RevisionGroups } from "./traffic/revision-groups.ts";
import { readWeights, trafficFor, type TrafficPlan } from "./traffic/traffic-plan.ts";

/** Parts that the runners of all apps share. */
export interface RunnerContext extends RevisionGroupContext {
  readonly store: AppStore;
  /** The host apps listen on. */
  readonly host: string;
  /** Called after every change of an app. */
  readonly onChange: (runner: AppRunner) => void;
  /** Lets an app's own decisions wait for commands that came before. */
  readonly inTurn: (runner: AppRunner, work: () => Promise<void>) => Promise<void>;
}

/** Runs one app: carries out its commands, and says how it stands. Its `Rollout` brings about what is wanted. */
export class AppRunner {
  readonly #context: RunnerContext;
  readonly #kept: KeptApp;
  readonly #phase: CurrentPhase = new CurrentPhase();
  readonly #groups: RevisionGroups;
  readonly #rollout: Rollout;
  readonly #ended: EndedReplicas = new EndedReplicas();
  /** The drift of each revision: what its replicas load now that it was not made of, in words. */
  readonly #drifts: Map<number, string> = new Map();

  constructor(record: StoredApp, context: RunnerContext) {
    const log = (text: string): void => context.logs.write(record.id, "platform", "platform", text.split("\n"));
    this.#context = context;
    this.#kept = new KeptApp(record, context.store, log);
    this.#groups = new RevisionGroups(context, {
      id: record.id,
      port: () => this.#kept.record.port,
      onWaiting: () => this.#rollout.wake(),
      setPhase: (phase, message, failure) => this.#setGroupPhase(phase, message, failure),
      onCount: (revision, count) => this.#rollout.count(revision, count),
      onDrift: (revision, drift) => this.#onDrift(revision, drift),
      onEnd: (replica) => this.#ended.add(replica),
      onChange: () => context.onChange(this),
    });
    this.#rollout = new Rollout({
      kept: this.#kept,
      groups: this.#groups,
      phase: this.#phase,
      context,
      setPhase: (...change) => this.#setPhase(...change),
      log,
      inTurn: (work) => context.inTurn(this, work),
    });
  }

  get record(): StoredApp {
    return this.#kept.record;
  }

  get snapshot(): AppSnapshot {
    return appSnapshot(this.#view());
  }

  /** The revisions that are kept, newest first. */
  revisions(): readonly RevisionSnapshot[] {
    return this.#kept.revisions().map((revision) => revisionSnapshot(revision, this.#view()));
  }

  /** Stores a definition and begins its rollout, or stops. Resolves when it is stored and the app's port is open. */
  async apply(definition: AppDefinition): Promise<void> {
    const { phase } = this.#phase;
    const { serving } = this.#groups;
    const isSame = this.#kept.isSame(definition);
    if (definition.desiredState === "stopped") {
      if (!isSame || phase !== "STOPPED") this.#stopAs(definition);
      return;
    }
    if (isSame && phase === "ACTIVE" && serving?.weights[0]?.revision === this.#kept.record.revision) return;
    const revision = this.#nextRevision();
    const traffic = trafficFor({ number: revision, definition }, serving);
    await this.#rollout.want({ definition, revision, traffic }, `Revision ${revision} is starting.`);
  }

  /** Changes the weights of the revisions. Resolves when that is stored. @throws AppEnvError INVALID_OPTION, NOT_FOUND. */
  async setTraffic(weights: readonly RevisionWeight[]): Promise<void> {
    const { id, definition } = this.#kept.record;
    if (definition.desiredState === "stopped" || this.#groups.serving === undefined) {
      throw new AppEnvError("INVALID_OPTION", `'${id.name}' does not serve: it has no requests to share out.`, {
        fix: `Start it first: \`appenv activate ${id.name}\`.`,
      });
    }
    await this.#rollout.wantTraffic(readWeights(weights), "The requests are shared out anew.");
  }

  /** Drains everything and closes the port. Returns when that is stored; the drain goes on. */
  stop(): void {
    this.#stopAs({ ...this.#kept.record.definition, desiredState: "stopped" });
  }

  /** Drains everything and closes the port, without a change of what is stored. */
  async shutDown(limitMs: number): Promise<void> {
    this.#rollout.cancel();
    await this.#groups.close(limitMs);
  }

  /**
   * Comes back after a restart of the platform: the revisions that answered last, at zero replicas or at the smallest
   * number it declares. Wanted revisions that were never seen to answer have to be started first.
   */
  async restore(): Promise<void> {
    const { definition, revision, served, failure } = this.#kept.record;
    if (definition.desiredState === "stopped") return this.#setPhase("STOPPED", "Stopped.");
    try {
      if (served === undefined) await this.#listenAgain(definition);
      else await this.#restorePlan(this.#kept.servedPlan(served));
      if (this.#kept.isSettled()) return;
      if (served !== undefined)
        await this.#rollout.listenFor(this.#kept.plan(), this.#groups.main.scaler.revision?.definition.port ?? 0);
      if (failure !== undefined && definition.replicas.min === 0) return this.#setPhase("FAILED", "", failure);
      this.#setPhase("DEPLOYING", `Revision ${revision} is starting.`, undefined, this.#phase.reachable);
      this.#rollout.start();
    } catch (error) {
      this.#setPhase("FAILED", "", failureOf(AppEnvError.from(error, "PORT_IN_USE")));
    }
  }

  /** The reason why requests are not answered; undefined if they are. */
  get unreachable(): string | undefined {
    return this.#phase.unreachable;
  }

  /**
   * As `unreachable`, and has a failed app tried again, as a request would: else an app that is not called any more because
   * it failed would never be known to work again.
   */
  tryAgain(): string | undefined {
    const { unreachable, phase } = this.#phase;
    if (phase === "FAILED" && unreachable !== undefined && !this.#rollout.inProgress) this.#groups.main.scaler.wake();
    return unreachable;
  }

  /** The checks that fail in one of its replicas, with the reasons. No replica is started for it. */
  async failingChecks(): Promise<Readonly<Record<string, string>>> {
    const [replica] = this.#groups.main.scaler.ready;
    return replica === undefined ? {} : failingChecks(replica.process);
  }

  /** Its replicas one by one, and why it stands as it does. @param dependencies - Sentences about apps that cannot be reached. */
  async report(dependencies: readonly string[]): Promise<AppReport> {
    const checks = await this.failingChecks();
    const { snapshot: app } = this;
    const { main } = this.#groups;
    const { all: ended, restarts } = this.#ended;
    const { inProgress: rollsOut } = this.#rollout;
    const { timing } = this.#context;
    const parts = { app, ended, rollsOut, checks, dependencies, timing, scaler: main.scaler };
    return { replicas: app.replicas, ended, restarts, reasons: reasonsOf({ ...parts, waiting: main.intake.waiting }) };
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    this.#groups.refreshAuth();
  }

  #stopAs(definition: AppDefinition): void {
    const { served: _served, failure: _failure, ...record } = this.#kept.record;
    const isSame = isDeepStrictEqual({ ...record.definition, desiredState: "stopped" }, definition);
    const revision = isSame ? record.revision : this.#nextRevision();
    this.#kept.save({ ...record, definition, revision, traffic: [], updatedAt: new Date() });
    inBackground(`App '${record.id.name}' could not be stopped`, this.shutDown(this.#context.timing.stopMs));
    this.#setPhase("STOPPED", "Stopped.");
  }

  /** The first definition is there already. */
  #nextRevision(): number {
    return this.#phase.phase === "PENDING" ? this.#kept.record.revision : this.#kept.nextRevision();
  }

  async #restorePlan(plan: TrafficPlan): Promise<void> {
    await this.#groups.restore(plan);
    this.#rollout.watch.begin(plan, undefined);
    await this.#listenAgain(plan.main.definition);
    this.#setPhase("ACTIVE", idleMessage);
    this.#groups.main.scaler.scaleTo(plan.main.definition.replicas.min);
  }

  async #listenAgain(definition: AppDefinition): Promise<void> {
    await this.#rollout.listen(definition, this.#kept.record.port);
    this.#rollout.keepPort();
  }

  #onDrift(revision: number, drift: string | undefined): void {
    if (drift === this.#drifts.get(revision)) return;
    if (drift === undefined) this.#drifts.delete(revision);
    else this.#drifts.set(revision, drift);
    this.#context.onChange(this);
  }

  #view(): AppView {
    const { record } = this.#kept;
    const { host } = this.#context;
    return { record, phase: this.#phase, groups: this.#groups, watch: this.#rollout.watch, drifts: this.#drifts, host };
  }

  /** During a rollout the main group still serves the revision before: its phase is not that of the wanted one. */
  #setGroupPhase(phase: AppPhase, message: string, failure: Failure | undefined): void {
    if (this.#rollout.inProgress) this.#phase.reachable = phase === "ACTIVE";
    else this.#setPhase(phase, message, failure);
  }

  #setPhase(...change: Parameters<CurrentPhase["set"]>): void {
    if (this.#phase.set(...change)) this.#context.onChange(this);
  }
}
