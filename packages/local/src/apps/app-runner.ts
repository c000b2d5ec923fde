import { AppEnvError } from "@appenv/core";
import type { AppDefinition } from "@appenv/protocol";
import type { AppPhase, AppSnapshot, AppStore, StoredApp } from "../contracts.ts";
import { AppStatus } from "./app-status.ts";
import { ReplicaGroup, type GroupContext, type Revision } from "./replica-group.ts";
import { idleMessage, ReplicaScaler } from "./replica-scaler.ts";
import type { Replica } from "./replica.ts";
import type { AppTiming } from "./timing.ts";
import { Traffic } from "./traffic.ts";

/** What the runners of all apps share. */
export interface RunnerContext extends GroupContext {
  readonly store: AppStore;
  readonly timing: AppTiming;
  /** The address apps listen on. */
  readonly host: string;
  /** Told after every change of an app. */
  readonly onChange: (runner: AppRunner) => void;
}

/**
 * Runs one app: its revisions, and through its parts its socket (`Traffic`) and its replicas (`ReplicaScaler`).
 *
 * Two revisions matter: the one the record holds, which is wanted, and the one that serves. They differ during a
 * rollout, and after a rollout that failed the record goes back to what serves.
 */
export class AppRunner {
  #record: StoredApp;
  readonly #context: RunnerContext;
  readonly #status: AppStatus = new AppStatus();
  readonly #group: ReplicaGroup;
  readonly #traffic: Traffic;
  readonly #scaler: ReplicaScaler;
  #lastRevision: number;
  /** One more with every rollout and stop: what an older one still does is given up. */
  #generation = 0;
  #rollingOut = false;
  #retryAt = 0;

  constructor(record: StoredApp, context: RunnerContext) {
    const { id } = record;
    const { holdConnections, holdMs } = context.timing;
    this.#record = record;
    this.#context = context;
    this.#lastRevision = record.revision;
    this.#group = new ReplicaGroup(id, context, {
      crashed: (replica, lifeMs) => this.#scaler.crashed(replica, lifeMs),
      changed: () => context.onChange(this),
    });
    this.#traffic = new Traffic(
      { connections: holdConnections, ms: holdMs },
      { ready: () => this.#scaler.ready, onWaiting: () => this.#wake() },
    );
    this.#scaler = new ReplicaScaler({
      id,
      context,
      group: this.#group,
      traffic: this.#traffic,
      port: () => this.#record.port,
      setStatus: (phase, message) => this.#setStatus(phase, message),
    });
  }

  get record(): StoredApp {
    return this.#record;
  }

  get snapshot(): AppSnapshot {
    const { port, ...record } = this.#record;
    const { phase, message, since } = this.#status;
    const replicas = this.#group.snapshots();
    const readyReplicas = replicas.filter(({ state }) => state === "ready").length;
    const endpoint = port === 0 ? "" : `http://${urlHost(this.#context.host)}:${port}`;
    return { ...record, phase, message, since, replicas, readyReplicas, endpoint };
  }

  /** Comes back after a restart of the platform: at zero replicas, or at the smallest number it declares. */
  async restore(): Promise<void> {
    const { definition, revision } = this.#record;
    if (definition.desiredState === "stopped") return this.#setStatus("STOPPED", "Stopped.");
    this.#scaler.use({ number: revision, definition });
    try {
      await this.#listen(this.#record.port);
      this.#keepPort();
    } catch (error) {
      return this.#setStatus("FAILED", AppEnvError.from(error, "PORT_IN_USE").message);
    }
    this.#setStatus("ACTIVE", idleMessage);
    if (definition.replicas.min > 0) this.#scaler.scaleTo(definition.replicas.min);
  }

  /** Stores a definition and begins its rollout. Resolves when it is stored and the app's port is open. */
  async apply(definition: AppDefinition): Promise<void> {
    if (this.#serves(definition)) return;
    const isNew = this.#status.phase === "PENDING";
    const before = definition.port === this.#record.definition.port ? this.#record.port : 0;
    this.#lastRevision += isNew ? 0 : 1;
    this.#save({ ...this.#record, definition, revision: this.#lastRevision, updatedAt: new Date() });
    this.#setStatus("DEPLOYING", `Revision ${this.#lastRevision} is starting.`);
    await this.#listen(before);
    void this.#rollOut();
  }

  /** Drains everything and closes the port. Returns when that is stored; the drain goes on. */
  stop(): void {
    const definition: AppDefinition = { ...this.#record.definition, desiredState: "stopped" };
    this.#save({ ...this.#record, definition, updatedAt: new Date() });
    void this.shutDown(this.#context.timing.stopMs);
    this.#setStatus("STOPPED", "Stopped.");
  }

  /** Drains everything and closes the port, without a change of what is stored. */
  async shutDown(limitMs: number): Promise<void> {
    this.#generation += 1;
    this.#scaler.use(undefined);
    this.#traffic.close();
    await this.#group.drainAll(limitMs);
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    this.#group.setAuth(this.#record.definition.requiresAuth);
  }

  #serves(definition: AppDefinition): boolean {
    const { revision } = this.#scaler;
    const same = JSON.stringify(definition) === JSON.stringify(this.#record.definition);
    return same && this.#status.phase === "ACTIVE" && revision?.number === this.#record.revision;
  }

  /** @param before - The port the app had before, if it is to have it again; else 0. */
  async #listen(before: number): Promise<void> {
    const { host, pool } = this.#context;
    const wish = { host, declared: this.#record.definition.port, before };
    await this.#traffic.listen(wish, (handle) => pool.duplicate(handle));
    if (this.#scaler.revision === undefined) this.#keepPort();
  }

  #keepPort(): void {
    this.#traffic.settle();
    const { port } = this.#traffic;
    if (port !== this.#record.port) this.#save({ ...this.#record, port });
  }

  /** A connection waits. */
  #wake(): void {
    if (this.#rollingOut) return;
    if (this.#scaler.revision !== undefined) return this.#scaler.wake();
    if (performance.now() < this.#retryAt) return this.#traffic.refuseWaiting("The app could not be started.");
    void this.#rollOut();
  }

  /** Starts the wanted revision beside the one that serves, and lets it take over once it can answer. */
  async #rollOut(): Promise<void> {
    const generation = (this.#generation += 1);
    const { revision: number, definition } = this.#record;
    const before = this.#scaler.revision;
    this.#rollingOut = true;
    this.#scaler.hold();
    try {
      const started = await this.#startAll({ number, definition }, before);
      if (generation === this.#generation) await this.#takeOver({ number, definition }, started);
      else await this.#group.drain(started, "rollout", this.#context.timing.drainMs);
    } catch (error) {
      if (generation === this.#generation) this.#giveUp(before, AppEnvError.from(error, "START_FAILED"));
    } finally {
      this.#context.pool.refill();
      if (generation === this.#generation) this.#endRollout();
    }
  }

  #endRollout(): void {
    this.#rollingOut = false;
    this.#scaler.release();
    if (this.#traffic.waiting > 0) this.#wake();
  }

  /** As many as the revision before has, so that it can take over at once. All or none. */
  async #startAll(revision: Revision, before: Revision | undefined): Promise<readonly Replica[]> {
    this.#group.endStarting(revision.number);
    const { min, max } = revision.definition.replicas;
    const count = Math.min(Math.max(1, min, this.#group.ready(before?.number).length), Math.max(1, max));
    const starts = Array.from({ length: count }, () =>
      this.#group.start(revision, this.#traffic.port, this.#context.timing.startMs),
    );
    const results = await Promise.allSettled(starts);
    const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = results.find((result) => result.status === "rejected");
    if (failed === undefined) return started;
    for (const replica of started) replica.kill("rollout failed");
    throw failed.reason;
  }

  async #takeOver(revision: Revision, started: readonly Replica[]): Promise<void> {
    this.#scaler.use(revision);
    this.#keepPort();
    for (const replica of started) await this.#traffic.admit(replica);
    if (this.#scaler.ready.length > 0) this.#setStatus("ACTIVE", `Revision ${revision.number} is serving.`);
    this.#scaler.watch();
    void this.#group.drain(this.#group.others(revision.number), "rollout", this.#context.timing.drainMs);
  }

  /** The revision never became ready. What served before goes on serving, and is what a restart brings back. */
  #giveUp(before: Revision | undefined, error: AppEnvError): void {
    const { id, revision } = this.#record;
    const reason = `[${error.code}] ${error.message}`;
    this.#context.logs.write(id, "platform", "platform", `Revision ${revision} was given up. ${reason}`.split("\n"));
    if (before === undefined) {
      this.#retryAt = performance.now() + 1_000;
      this.#traffic.refuseWaiting("The app could not be started.");
      return this.#setStatus("FAILED", reason);
    }
    this.#traffic.forget();
    this.#save({ ...this.#record, definition: before.definition, revision: before.number });
    this.#setStatus("FAILED", `${reason} Revision ${before.number} goes on serving.`);
  }

  /** Stored first, so that nothing is promised that a restart would not know. @throws AppEnvError DISK_FULL. */
  #save(record: StoredApp): void {
    this.#context.store.save(record);
    this.#record = record;
  }

  #setStatus(phase: AppPhase, message: string): void {
    if (this.#status.set(phase, message)) this.#context.onChange(this);
  }
}

function urlHost(host: string): string {
  return ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
}
