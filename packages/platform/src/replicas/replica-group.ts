import { randomBytes } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import type { DrainReason, ReplicaAuth, ReplicaStart, ReplicaTraffic } from "@appenv/runtime";
import type { ReplicaSnapshot } from "../apps/report/replica-snapshot.ts";
import type { LogSink } from "../logs/log-sink.ts";
import type { AppDefinition, AppId } from "@appenv/protocol";
import { mebibytes } from "@appenv/core/internal";
import type { LoadSink } from "../metrics/app-metrics.ts";
import type { TopicHub } from "./topic-hub.ts";
import { memoryLimit, type LaunchContext } from "./launch.ts";
import type { Caller } from "./known-apps.ts";
import type { ProcessPool } from "./pool/process-pool.ts";
import { tellOfApps } from "./tell-of-apps.ts";
import { alsoHiding } from "../secrets/mask.ts";
import { giveSecrets, type GivenSecrets } from "../secrets/give-secrets.ts";
import { answerTokens } from "../secrets/tokens/answer-tokens.ts";
import { describeDrift, driftOf } from "./drift.ts";
import { isOwn, replicaStart } from "./replica-start.ts";
import { Replica } from "./replica.ts";

/** Delay after a replica's start before its drift is looked for, so as not to slow its first answers, in milliseconds. */
const driftAfterMs = 100;

/** Parts that the replicas of all apps share. */
export interface ReplicaContext {
  readonly pool: ProcessPool;
  readonly logs: LogSink;
  readonly launch: LaunchContext;
  /** Takes the load of replicas. Default: it is not recorded. */
  readonly metrics?: LoadSink | undefined;
  /** The keys that are accepted now. */
  readonly keyHashes: () => readonly string[];
}

/** A definition with its number. */
export interface Revision {
  readonly number: number;
  readonly definition: AppDefinition;
}

/** The weights by which the replicas of a revision pass requests on to other revisions; undefined: none. */
export type TrafficOf = (revision: number) => ReplicaTraffic | undefined;

/** Answers of an app to its replicas, and the events it takes from them. */
export interface ReplicaGroupListener {
  /** Between all replicas of the app. */
  readonly hub: TopicHub;
  readonly trafficOf: TrafficOf;
  /** A replica that could answer ended by itself. `lifeMs`: how long it could answer. */
  crashed(replica: Replica, lifeMs: number): void;
  /** Told the drift of a revision: what it loads now that it was not made of, in words; undefined: nothing. */
  drifted(revision: number, drift: string | undefined): void;
  /** A replica has ended, for whatever reason. */
  ended(replica: Replica): void;
  /** The set of replicas or a state changed. */
  changed(): void;
}

/** The replicas behind one socket of an app, during a rollout of two revisions. */
export class ReplicaGroup {
  readonly #id: AppId;
  readonly #context: ReplicaContext;
  readonly #listener: ReplicaGroupListener;
  readonly #replicas = new Set<Replica>();

  constructor(id: AppId, context: ReplicaContext, listener: ReplicaGroupListener) {
    this.#id = id;
    this.#context = context;
    this.#listener = listener;
  }

  get size(): number {
    return this.#replicas.size;
  }

  /** The replicas of a revision that can answer. */
  ready(revision: number | undefined): readonly Replica[] {
    return [...this.#replicas].filter((replica) => replica.revision === revision && replica.state === "ready");
  }

  /** The number of a revision's replicas that are starting. */
  starting(revision: number): number {
    return [...this.#replicas].filter((replica) => replica.revision === revision && replica.state === "starting")
      .length;
  }

  /** The replicas of other revisions that are not draining yet. */
  others(revision: number): readonly Replica[] {
    return [...this.#replicas].filter((replica) => replica.revision !== revision && replica.state !== "draining");
  }

  snapshots(): readonly ReplicaSnapshot[] {
    return [...this.#replicas].map((replica) => replica.snapshot);
  }

  /** Starts one replica. @throws AppEnvError with the reason it cannot answer; its process is gone then. */
  async start(revision: Revision, port: number, timeoutMs: number): Promise<Replica> {
    const { pool, logs } = this.#context;
    const name = replicaName(this.#id.name, revision.number);
    const { start, secrets } = this.#prepare(revision, port, name);
    const process = pool.take(poolKey(this.#id, revision.number), isOwn(revision.definition) ? start : undefined);
    secrets.attach(process);
    process.mask = alsoHiding(process.mask, start.env["APPENV_API_TOKEN"]);
    tellOfApps(process, this.#caller(revision), this.#context.launch);
    const identity = { ...this.#id, subject: `app:${this.#id.name}` };
    answerTokens(process, identity, this.#context.launch.tokens);
    this.#context.launch.notes?.follow(process, identity);
    process.calls.answer("replay", ({ text }) => this.#context.launch.replays?.take(text, this.#id));
    const replica = new Replica(process, name, revision.number, this.#id, logs);
    this.#add(replica);
    this.#measure(replica, revision);
    this.#limitMemory(replica, revision);
    try {
      await replica.start(start, timeoutMs);
      this.#watch(replica);
      return replica;
    } catch (error) {
      replica.kill();
      throw error;
    } finally {
      this.#listener.changed();
      setTimeout(() => void this.#lookForDrift(revision, name), driftAfterMs).unref();
    }
  }

  async #lookForDrift({ number, definition }: Revision, replica: string): Promise<void> {
    const { launch, logs } = this.#context;
    // A bundle that is gone says more itself.
    const drift = await driftOf(definition, launch).catch(() => undefined);
    if (drift !== undefined) logs.write(this.#id, replica, "platform", [describeDrift(drift)]);
    this.#listener.drifted(number, drift);
  }

  /** Starts several. All or none. @throws AppEnvError as `start`. */
  async startAll(count: number, revision: Revision, port: number, timeoutMs: number): Promise<readonly Replica[]> {
    const starts = Array.from({ length: count }, () => this.start(revision, port, timeoutMs));
    const results = await Promise.allSettled(starts);
    const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = results.find((result) => result.status === "rejected");
    if (failed === undefined) return started;
    for (const replica of started) replica.kill();
    throw failed.reason;
  }

  /** Lets replicas finish and exit. Resolves when they have. */
  async drain(replicas: Iterable<Replica>, reason: DrainReason, limitMs: number): Promise<void> {
    const draining = [...replicas].map((replica) => replica.drain(reason, limitMs));
    if (draining.length > 0) this.#listener.changed();
    await Promise.all(draining);
  }

  /** Ends those of other revisions that are still starting: nothing is open in them. */
  endStarting(revision: number): void {
    for (const replica of this.others(revision)) {
      if (replica.state === "starting") replica.kill();
    }
  }

  /** Lets all replicas finish and exit, starting ones included. */
  async drainAll(limitMs: number): Promise<void> {
    await this.drain(this.#replicas, "stop", limitMs);
  }

  /** Tells all replicas which keys are accepted now. */
  setAuth(required: boolean): void {
    const auth = this.#auth(required);
    for (const replica of this.#replicas) replica.process.send({ type: "auth", auth });
  }

  /** Sends all replicas the weights of now. Resolves when nothing unanswered is on its way elsewhere, or after `limitMs`. */
  async refreshTraffic(limitMs: number): Promise<void> {
    const told = [...this.#replicas].map((replica) =>
      replica.setTraffic(this.#listener.trafficOf(replica.revision), limitMs),
    );
    await Promise.all(told);
  }

  /** The apps that the replicas of a revision may call. */
  #caller({ definition: { launch, envVars } }: Revision): Caller {
    const { project, domain, name } = this.#id;
    const own = launch.kind === "bundle" ? { own: { app: name, environment: launch.environment } } : {};
    return { project, domain, envVars, ...own };
  }

  #auth(required: boolean): ReplicaAuth {
    const { keyHashes, launch } = this.#context;
    const auth = { required, keyHashes: keyHashes() };
    return required && launch.tokens !== undefined ? { ...auth, tokens: launch.tokens.rulesFor(this.#id) } : auth;
  }

  #prepare(
    { number, definition }: Revision,
    port: number,
    replica: string,
  ): { start: ReplicaStart; secrets: GivenSecrets } {
    const { launch } = this.#context;
    const auth = this.#auth(definition.requiresAuth);
    const secrets = giveSecrets({ ...this.#id, secrets: definition.secrets }, launch.secrets);
    const traffic = this.#listener.trafficOf(number);
    try {
      const start = replicaStart({ id: this.#id, definition, port, replica }, auth, secrets, launch);
      return { start: traffic === undefined ? start : { ...start, traffic }, secrets };
    } catch (error) {
      secrets.remove();
      throw error;
    }
  }

  #add(replica: Replica): void {
    this.#replicas.add(replica);
    this.#listener.hub.join(replica.process);
    replica.process.once("exit", () => {
      this.#replicas.delete(replica);
      this.#listener.ended(replica);
      this.#listener.changed();
    });
    this.#listener.changed();
  }

  /** A replica that is not the app's own code passes requests on to a process below it. */
  #measure(replica: Replica, { definition }: Revision): void {
    this.#context.metrics?.follow(this.#id, replica, isOwn(definition) ? undefined : replica.process.pid);
  }

  /** Limits memory by the replica's own reports, every 250 ms while it is busy, and as seen from outside, children included. */
  #limitMemory(replica: Replica, { definition }: Revision): void {
    const limit = memoryLimit(definition);
    if (limit === undefined) return;
    const end = (used: number): void => {
      const message = `${replica.name} used ${mebibytes(used)} of its ${mebibytes(limit)} of memory.`;
      if (used > limit) replica.kill(new AppEnvError("OOM_KILLED", message));
    };
    replica.process.on("message", (message) => {
      if (message.type === "load") end(message.load.rss);
    });
    this.#context.pool.watchMemory(replica.process, limit, end);
  }

  #watch(replica: Replica): void {
    const readyAt = performance.now();
    const onExit = (): void => {
      if (!replica.ended || replica.fault !== undefined) this.#listener.crashed(replica, performance.now() - readyAt);
    };
    if (replica.exited === undefined) replica.process.once("exit", onExit);
    else onExit();
  }
}

/** Under which key the pool keeps a process warm for a revision. */
export function poolKey(id: AppId, revision: number): string {
  return `${id.project}/${id.domain}/${id.name}@${revision}`;
}

function replicaName(app: string, revision: number): string {
  return `${app}-${String(revision).padStart(5, "0")}-${randomBytes(3).toString("hex")}`;
}
