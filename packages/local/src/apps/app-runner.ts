import type { Socket } from "node:net";
import { AppEnvError } from "@appenv/core";
import type { AppDefinition } from "@appenv/protocol";
import type { AppPhase, AppSnapshot, AppStore, StoredApp } from "../contracts.ts";
import { Autoscaler } from "../scaling/autoscaler.ts";
import type { ListeningSocket } from "../sockets/listening-socket.ts";
import { AppStatus } from "./app-status.ts";
import { balance, surplusConnections } from "./balance.ts";
import { bindPort } from "./bind-port.ts";
import { CrashBackoff } from "./crash-backoff.ts";
import { memoryLimit, warmingOf } from "./launch.ts";
import { LoadMeter } from "./load-meter.ts";
import { poolKey, ReplicaGroup, type GroupContext, type Revision } from "./replica-group.ts";
import type { Replica } from "./replica.ts";
import type { AppTiming } from "./timing.ts";
import { WaitingConnections } from "./waiting-connections.ts";

/** What the runners of all apps share. */
export interface RunnerContext extends GroupContext {
  readonly store: AppStore;
  readonly timing: AppTiming;
  /** The address apps listen on. */
  readonly host: string;
  /** Told after every change of an app. */
  readonly onChange: (runner: AppRunner) => void;
}

const idleMessage = "No replica runs; the next request starts one.";

/**
 * Runs one app: its listening socket, its replicas, and what follows from requests, crashes and new revisions.
 *
 * Two revisions matter: the one the record holds, which is wanted, and the one that serves. They differ during a
 * rollout, and after a rollout that failed, when the record goes back to what serves.
 */
export class AppRunner {
  record: StoredApp;
  readonly #context: RunnerContext;
  readonly #status: AppStatus = new AppStatus();
  readonly #group: ReplicaGroup;
  readonly #waiting: WaitingConnections;
  readonly #meter: LoadMeter = new LoadMeter();
  readonly #backoff: CrashBackoff = new CrashBackoff();
  #socket: ListeningSocket | undefined;
  #serving: Revision | undefined;
  #autoscaler: Autoscaler;
  #lastRevision: number;
  /** One more with every rollout and stop; what an older one still does is given up. */
  #generation = 0;
  #rollingOut = false;
  #ticker: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(record: StoredApp, context: RunnerContext) {
    this.record = record;
    this.#context = context;
    this.#lastRevision = record.revision;
    this.#waiting = new WaitingConnections({ connections: context.timing.holdConnections, ms: context.timing.holdMs });
    this.#group = new ReplicaGroup(record.id, context, {
      crashed: (replica, lifeMs) => this.#onCrash(replica, lifeMs),
      changed: () => context.onChange(this),
    });
    this.#autoscaler = autoscalerFor(record.definition);
  }

  get snapshot(): AppSnapshot {
    const { id, definition, revision, createdAt, updatedAt, port } = this.record;
    const { phase, message, since } = this.#status;
    const replicas = this.#group.snapshots();
    return {
      id,
      definition,
      revision,
      createdAt,
      updatedAt,
      phase,
      message,
      since,
      replicas,
      endpoint: port === 0 ? "" : `http://${urlHost(this.#context.host)}:${port}`,
      readyReplicas: replicas.filter(({ state }) => state === "ready").length,
    };
  }

  /** Comes back after a restart of the platform: at zero replicas, or at the smallest number it declares. */
  async restore(): Promise<void> {
    const { definition, revision } = this.record;
    if (definition.desiredState === "stopped") return this.#setStatus("STOPPED", "Stopped.");
    await this.#listen();
    this.#serving = { number: revision, definition };
    this.#setStatus("ACTIVE", idleMessage);
    if (definition.replicas.min > 0) this.#scaleTo(definition.replicas.min);
  }

  /** Stores a definition and begins its rollout. Resolves when it is stored and the socket listens. */
  async apply(definition: AppDefinition): Promise<void> {
    const unchanged = JSON.stringify(definition) === JSON.stringify(this.record.definition);
    if (unchanged && this.#serving?.number === this.record.revision && this.#status.phase === "ACTIVE") return;
    const first =
      this.record.createdAt.getTime() === this.record.updatedAt.getTime() &&
      this.#lastRevision === this.record.revision &&
      this.#status.phase === "PENDING";
    const revision = first ? this.record.revision : this.#lastRevision + 1;
    this.#save({ ...this.record, definition, revision, updatedAt: new Date() });
    this.#lastRevision = revision;
    this.#backoff.reset();
    this.#setStatus("DEPLOYING", `Revision ${revision} is starting.`);
    await this.#listen();
    void this.#rollOut();
  }

  /** Drains everything and closes the socket. Resolves when that is stored; the drain goes on. */
  stop(): void {
    this.#save({
      ...this.record,
      definition: { ...this.record.definition, desiredState: "stopped" },
      updatedAt: new Date(),
    });
    void this.shutDown(this.#context.timing.stopMs).then(() => this.#setStatus("STOPPED", "Stopped."));
  }

  /** Drains everything and closes the socket, without a change of what is stored. */
  async shutDown(limitMs: number): Promise<void> {
    this.#generation += 1;
    this.#stopTicking();
    clearTimeout(this.#retryTimer);
    this.#waiting.refuseAll("The app was stopped.");
    this.#serving = undefined;
    this.#context.pool.cool(this.#poolKey());
    const drained = this.#group.drainAll(limitMs);
    this.#socket?.close();
    this.#socket = undefined;
    this.#autoscaler.reset();
    await drained;
  }

  /** Tells running replicas which keys are accepted now. */
  refreshAuth(): void {
    this.#group.setAuth(this.record.definition.requiresAuth);
  }

  async #listen(): Promise<void> {
    if (this.#socket !== undefined) return;
    const wish = { host: this.#context.host, declared: this.record.definition.port, before: this.record.port };
    const duplicate = this.#context.pool.duplicate.bind(this.#context.pool);
    this.#socket = await bindPort(wish, duplicate, (connection) => this.#onConnection(connection));
    if (this.#socket.port !== this.record.port) this.#save({ ...this.record, port: this.#socket.port });
  }

  /** Starts the wanted revision beside the one that serves, and lets it take over once it can answer. */
  async #rollOut(): Promise<void> {
    const generation = (this.#generation += 1);
    const revision: Revision = { number: this.record.revision, definition: this.record.definition };
    const before = this.#serving;
    this.#rollingOut = true;
    try {
      const { min, max } = revision.definition.replicas;
      const count = Math.min(Math.max(1, min, this.#group.ready(before?.number).length), Math.max(1, max));
      const started = await this.#startAll(revision, count);
      if (generation !== this.#generation)
        return void this.#group.drain(started, "rollout", this.#context.timing.drainMs);
      await this.#takeOver(revision, started);
    } catch (error) {
      if (generation === this.#generation) this.#rolloutFailed(before, AppEnvError.from(error, "START_FAILED"));
    } finally {
      if (generation === this.#generation) this.#rollingOut = false;
    }
  }

  /** All or none: the others are ended when one cannot start. */
  async #startAll(revision: Revision, count: number): Promise<readonly Replica[]> {
    const port = this.record.port;
    const results = await Promise.allSettled(
      Array.from({ length: count }, () => this.#group.start(revision, port, this.#context.timing.startMs)),
    );
    const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = results.find((result) => result.status === "rejected");
    if (failed === undefined) return started;
    for (const replica of started) replica.kill("rollout failed");
    throw failed.reason;
  }

  async #takeOver(revision: Revision, started: readonly Replica[]): Promise<void> {
    this.#serving = revision;
    this.#autoscaler = autoscalerFor(revision.definition);
    for (const replica of started) await this.#admit(replica);
    this.#setStatus("ACTIVE", `Revision ${revision.number} is serving.`);
    this.#startTicking();
    await this.#group.drain(this.#group.others(revision.number), "rollout", this.#context.timing.drainMs);
  }

  #rolloutFailed(before: Revision | undefined, error: AppEnvError): void {
    const reason = `[${error.code}] ${error.message}`;
    this.#context.logs.write(this.record.id, "platform", "platform", [
      `Revision ${this.record.revision} did not start: ${reason}`,
    ]);
    if (before === undefined) {
      this.#backoff.crashed(performance.now(), 0, this.#context.timing.stableMs);
      this.#waiting.refuseAll("The app could not be started.");
      return this.#setStatus("FAILED", reason);
    }
    const failed = this.record.revision;
    this.#save({ ...this.record, definition: before.definition, revision: before.number });
    this.#setStatus("FAILED", `${reason} Revision ${failed} was given up; revision ${before.number} goes on serving.`);
  }

  /** Gives a replica the connections that wait, then the socket itself. */
  async #admit(replica: Replica): Promise<void> {
    this.#passWaiting(replica);
    const socket = this.#socket;
    if (socket === undefined) return;
    const handle = await socket.handle();
    if (replica.state !== "ready" || socket !== this.#socket) return;
    replica.process.send({ type: "accept" }, handle);
    replica.accepting = true;
    this.#passWaiting(replica);
    socket.release();
    this.#meter.touch();
  }

  #passWaiting(replica: Replica): void {
    for (const connection of this.#waiting.takeAll()) replica.process.send({ type: "connection" }, connection);
  }

  /** A connection the platform accepted: there was no replica a moment ago. */
  #onConnection(connection: Socket): void {
    const [ready] = this.#group
      .ready(this.#serving?.number)
      .toSorted((a, b) => (a.load?.inFlight ?? 0) - (b.load?.inFlight ?? 0));
    if (ready !== undefined) return ready.process.send({ type: "connection" }, connection);
    this.#waiting.add(connection);
    this.#wake();
  }

  /** Sees to it that a replica is coming, or says at once that none will. */
  #wake(): void {
    if (this.#rollingOut) return;
    if (this.record.definition.replicas.max === 0) return this.#waiting.refuseAll("The app is scaled to 0 replicas.");
    if (this.#backoff.waitMs(performance.now()) > 0)
      return this.#waiting.refuseAll("The app crashed and is started again soon.");
    if (this.#serving === undefined) void this.#rollOut();
    else this.#scaleTo(Math.max(1, this.#serving.definition.replicas.min));
  }

  #scaleTo(count: number): void {
    const revision = this.#serving;
    if (revision === undefined || this.#backoff.waitMs(performance.now()) > 0) return;
    const ready = this.#group.ready(revision.number);
    for (let have = ready.length + this.#group.starting(revision.number); have < count; have += 1)
      void this.#addReplica(revision);
    if (count === 0 && ready.length > 0) void this.#scaleToZero(revision, ready);
    else if (ready.length > count) this.#removeReplicas(ready, ready.length - count);
  }

  async #addReplica(revision: Revision): Promise<void> {
    const generation = this.#generation;
    this.#startTicking();
    try {
      const replica = await this.#group.start(revision, this.record.port, this.#context.timing.startMs);
      if (this.#serving !== revision) return void this.#group.drain([replica], "rollout", this.#context.timing.drainMs);
      await this.#admit(replica);
      this.#spread(revision, replica);
      this.#setStatus("ACTIVE", `Revision ${revision.number} is serving.`);
    } catch (error) {
      if (generation === this.#generation) this.#failed(AppEnvError.from(error, "START_FAILED"), 0);
    }
  }

  /** Long-lived connections would stay where they are: the older replicas end some, which then find the new one. */
  #spread(revision: Revision, added: Replica): void {
    const ready = this.#group.ready(revision.number);
    for (const replica of ready) {
      const connections = replica === added ? 0 : surplusConnections(replica, ready.length - 1, ready.length);
      if (connections > 0) replica.process.send({ type: "rebalance", connections });
    }
  }

  #removeReplicas(ready: readonly Replica[], count: number): void {
    const idlest = ready.toSorted((a, b) => (a.load?.inFlight ?? 0) - (b.load?.inFlight ?? 0)).slice(0, count);
    void this.#group.drain(idlest, "scale-down", this.#context.timing.drainMs);
  }

  async #scaleToZero(revision: Revision, ready: readonly Replica[]): Promise<void> {
    const generation = this.#generation;
    await this.#socket?.accept();
    // A request may have come while the platform took the socket back.
    if (generation !== this.#generation || this.#waiting.size > 0) return;
    this.#autoscaler.reset();
    const warming = warmingOf(this.record.id, revision.definition, this.record.port, this.#context.launch);
    await this.#group.drain(ready, "scale-down", this.#context.timing.drainMs);
    if (generation !== this.#generation || this.#group.size > 0) return;
    this.#setStatus("ACTIVE", idleMessage);
    if (warming !== undefined) this.#context.pool.warm(this.#poolKey(), warming);
  }

  #onCrash(replica: Replica, lifeMs: number): void {
    const detail = replica.ended ?? replica.describeExit();
    this.#context.logs.write(this.record.id, replica.name, "platform", detail.split("\n"));
    this.#failed(new AppEnvError("CRASH_LOOP", detail), lifeMs, /^\[\w+\]/.test(detail) ? detail : undefined);
  }

  /** A replica crashed or could not be started. The app is started again, later each time. */
  #failed(error: AppEnvError, lifeMs: number, shown?: string): void {
    const now = performance.now();
    this.#backoff.crashed(now, lifeMs, this.#context.timing.stableMs);
    if (this.#serving === undefined) return;
    const left = this.#group.ready(this.#serving.number).length;
    if (left === 0) void this.#socket?.accept();
    if (shown !== undefined && left === 0) this.#setStatus("ACTIVE", shown);
    if (this.#backoff.looping || (error.code !== "CRASH_LOOP" && left === 0)) {
      this.#setStatus("FAILED", `[${error.code}] ${error.message}`);
    }
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#retry(), this.#backoff.waitMs(now));
  }

  /** Idle apps stay at zero after a crash; the next request starts them. */
  #retry(): void {
    const wanted = this.#waiting.size > 0 ? 1 : 0;
    this.#scaleTo(Math.max(wanted, this.#serving?.definition.replicas.min ?? 0, this.#desired()));
  }

  #startTicking(): void {
    if (this.#ticker !== undefined) return;
    this.#meter.touch();
    this.#ticker = setInterval(() => this.#tick(), this.#context.timing.tickMs);
  }

  #stopTicking(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  #tick(): void {
    const revision = this.#serving;
    if (revision === undefined) return;
    const ready = this.#group.ready(revision.number);
    this.#autoscaler.record(this.#meter.sample(ready, this.#waiting.size));
    this.#checkHealth(ready, revision.definition);
    if (this.#group.size === 0 && this.#waiting.size === 0) return this.#stopTicking();
    if (!this.#rollingOut) this.#scaleTo(this.#desired());
    void this.#balance(ready);
  }

  /** No replica is given up before a whole window without a request has passed. */
  #desired(): number {
    const now = performance.now();
    const ready = this.#group.ready(this.#serving?.number).length;
    const desired = this.#autoscaler.desired(now, ready);
    const windowMs = this.#serving?.definition.scaledownAfterMs ?? 60_000;
    return now - this.#meter.activeAt < windowMs ? Math.max(desired, Math.min(ready, 1)) : desired;
  }

  #checkHealth(ready: readonly Replica[], definition: AppDefinition): void {
    const limit = memoryLimit(definition);
    const silentSince = performance.now() - this.#context.timing.silenceMs;
    for (const replica of ready) {
      if (replica.process.lastSign < silentSince) {
        replica.kill(
          `[UNRESPONSIVE] ${replica.name} gave no sign of life for ${this.#context.timing.silenceMs / 1_000} seconds.`,
        );
      } else if (limit !== undefined && (replica.load?.rss ?? 0) > limit) {
        replica.kill(
          `[OOM_KILLED] ${replica.name} used ${mebibytes(replica.load?.rss ?? 0)} of ${mebibytes(limit)} of memory.`,
        );
      }
    }
  }

  async #balance(ready: readonly Replica[]): Promise<void> {
    if (ready.length < 2 || this.#socket === undefined) return;
    const { pause, resume } = balance(ready);
    for (const replica of pause) {
      replica.accepting = false;
      replica.process.send({ type: "pause" });
    }
    if (resume.length === 0) return;
    const handle = await this.#socket.handle();
    for (const replica of resume) {
      if (replica.state !== "ready") continue;
      replica.accepting = true;
      replica.process.send({ type: "accept" }, handle);
    }
  }

  /** Stored first, so that nothing is promised that a restart would not know. @throws AppEnvError DISK_FULL. */
  #save(record: StoredApp): void {
    this.#context.store.save(record);
    this.record = record;
  }

  #setStatus(phase: AppPhase, message: string): void {
    if (this.#status.set(phase, message)) this.#context.onChange(this);
  }

  #poolKey(): string {
    return poolKey(this.record.id, this.record.revision);
  }
}

function autoscalerFor({ replicas, metric, scaledownAfterMs }: AppDefinition): Autoscaler {
  return new Autoscaler({
    ...replicas,
    ...(metric === undefined ? {} : { metric }),
    ...(scaledownAfterMs === undefined ? {} : { windowMs: scaledownAfterMs }),
  });
}

function urlHost(host: string): string {
  return host === "127.0.0.1" || host === "0.0.0.0" || host === "::" ? "localhost" : host;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
