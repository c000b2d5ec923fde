import { AppEnvError } from "@appenv/core";
import type { AppId } from "@appenv/protocol";
import type { SetPhase } from "../current-phase.ts";
import { failureOf, statusText, type Failure } from "../failure.ts";
import { Autoscaler } from "./autoscaler.ts";
import type { Count } from "../rollout/rollback-watch.ts";
import { CrashBackoff } from "../../replicas/crash-backoff.ts";
import { warmingOf } from "../../replicas/replica-start.ts";
import { LoadMeter } from "./load-meter.ts";
import { poolKey, type ReplicaContext, type ReplicaGroup, type Revision } from "../../replicas/replica-group.ts";
import type { Replica } from "../../replicas/replica.ts";
import type { AppTiming } from "../timing.ts";
import type { Intake } from "../intake/intake.ts";
import { inBackground } from "@appenv/core/internal";

/** Parts of a scaler. */
export interface ScalerParts {
  readonly id: AppId;
  readonly replicas: ReplicaGroup;
  readonly intake: Intake;
  readonly context: ReplicaContext & { readonly timing: AppTiming };
  /** The port the app listens on. */
  readonly port: () => number;
  /** The message of a revision that serves. */
  readonly serving: (revision: Revision) => string;
  /** Called with the answers of a revision since the last call. */
  readonly onCount: (revision: number, count: Count) => void;
  readonly setPhase: SetPhase;
}

/** The message of an app without a replica. */
export const idleMessage = "No replica runs; the next request starts one.";

const defaultWindowMs = 60_000;

/** Keeps as many replicas of the serving revision as its traffic needs, and replaces those that crash. */
export class ReplicaScaler {
  readonly #parts: ScalerParts;
  readonly #meter: LoadMeter = new LoadMeter();
  /** Counts the crashes of the serving revision. */
  readonly backoff: CrashBackoff = new CrashBackoff();
  #autoscaler: Autoscaler | undefined;
  #revision: Revision | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #held = false;

  constructor(parts: ScalerParts) {
    this.#parts = parts;
  }

  /** The revision that serves. */
  get revision(): Revision | undefined {
    return this.#revision;
  }

  /** The replicas of the serving revision that can answer. */
  get ready(): readonly Replica[] {
    return this.#parts.replicas.ready(this.#revision?.number);
  }

  /** The number of replicas that the load asks for, whatever the maximum is. */
  get wanted(): number {
    return this.#autoscaler?.wanted ?? 0;
  }

  /** The moment at which the last replica may go, in milliseconds of `performance.now()`; undefined: no revision serves. */
  get idleUntil(): number | undefined {
    return this.#revision && this.#meter.activeAt + windowOf(this.#revision);
  }

  /** Scales this revision from now on; undefined for none. */
  use(revision: Revision | undefined): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    if (this.#revision !== undefined) this.#parts.context.pool.cool(this.#poolKey(this.#revision));
    this.#revision = revision;
    this.#autoscaler = revision === undefined ? undefined : autoscalerFor(revision);
    this.backoff.reset();
    if (revision === undefined) this.#stopTicking();
  }

  /** Leaves the number of replicas as it is until `release`: a rollout is under way. */
  hold(): void {
    this.#held = true;
  }

  /** Scales again, and makes up for what happened in the meantime. */
  release(): void {
    this.#held = false;
    this.#restart();
  }

  /** Begins to look at the load. */
  watch(): void {
    this.#meter.touch();
    this.#ticker ??= setInterval(() => this.#tick(), this.#parts.context.timing.tickMs);
  }

  /** A connection waits: sees to it that a replica is coming, or says at once that none will. */
  wake(): void {
    const { intake } = this.#parts;
    const { min = 0, max = 0 } = this.#revision?.definition.replicas ?? {};
    if (this.#held) return;
    if (max === 0) return intake.refuseWaiting("The app is scaled to 0 replicas.");
    if (this.backoff.waitMs(performance.now()) > 0) {
      return intake.refuseWaiting("The app crashed and is started again soon.");
    }
    this.scaleTo(Math.max(1, min));
  }

  /** Starts or drains replicas until there are `count`. */
  scaleTo(count: number): void {
    const revision = this.#revision;
    if (revision === undefined || this.#held || this.backoff.waitMs(performance.now()) > 0) return;
    const { ready } = this;
    const coming = ready.length + this.#parts.replicas.starting(revision.number);
    for (let have = coming; have < count; have += 1) this.#meanwhile(this.#add(revision));
    if (count === 0 && ready.length > 0) this.#meanwhile(this.#toZero(revision, ready));
    else if (ready.length > count) this.#remove(ready, ready.length - count);
  }

  /** A replica that could answer ended by itself, after `lifeMs`. */
  crashed(replica: Replica, lifeMs: number): void {
    const { id, context } = this.#parts;
    const failure = failureOf(replica.fault ?? new AppEnvError("CRASH_LOOP", replica.describeExit()));
    context.logs.write(id, replica.name, "platform", statusText({ failure, message: "" }).split("\n"));
    if (replica.revision === this.#revision?.number) this.#failed(failure, lifeMs, false);
  }

  async #add(revision: Revision): Promise<void> {
    const { replicas, intake, context, port, serving, setPhase } = this.#parts;
    this.watch();
    try {
      const replica = await replicas.start(revision, port(), context.timing.startMs);
      if (this.#revision !== revision) return await replicas.drain([replica], "rollout", context.timing.drainMs);
      await intake.admit(replica);
      this.#meter.touch();
      intake.spread(this.ready, replica);
      setPhase("ACTIVE", serving(revision));
    } catch (error) {
      const failure = failureOf(AppEnvError.from(error, "START_FAILED"));
      if (this.#revision === revision) this.#failed(failure, 0, true);
    } finally {
      context.pool.refill();
    }
  }

  #remove(ready: readonly Replica[], count: number): void {
    const { replicas, context } = this.#parts;
    const idlest = ready.toSorted((a, b) => (a.load?.inFlight ?? 0) - (b.load?.inFlight ?? 0)).slice(0, count);
    this.#meanwhile(replicas.drain(idlest, "scale-down", context.timing.drainMs));
  }

  async #toZero(revision: Revision, ready: readonly Replica[]): Promise<void> {
    const { replicas, intake, context, setPhase } = this.#parts;
    await intake.takeBack();
    // A request may have come while the platform took the socket back.
    if (this.#revision !== revision || intake.waiting > 0) return;
    await replicas.drain(ready, "scale-down", context.timing.drainMs);
    if (this.#revision !== revision || replicas.size > 0) return;
    this.#autoscaler?.reset();
    setPhase("ACTIVE", idleMessage);
    this.#warm(revision);
  }

  #warm(revision: Revision): void {
    const { id, context, port } = this.#parts;
    try {
      const warming = warmingOf({ id, definition: revision.definition, port: port() }, context.launch);
      if (warming !== undefined) context.pool.warm(this.#poolKey(revision), warming);
    } catch {
      // A secret was deleted meanwhile; the next start says so.
    }
  }

  /** A replica crashed or could not be started. It is started again, later each time. */
  #failed(failure: Failure, lifeMs: number, atStart: boolean): void {
    const { intake, context, setPhase } = this.#parts;
    const now = performance.now();
    this.backoff.crashed(now, lifeMs, context.timing.stableMs);
    const left = this.ready.length;
    if (left === 0) this.#meanwhile(intake.takeBack());
    if (left === 0 && (atStart || this.backoff.looping)) setPhase("FAILED", "", failure);
    else setPhase("ACTIVE", "It is replaced.", failure);
    if (left === 0 && atStart) intake.refuseWaiting("The app could not be started.");
    this.#restart();
  }

  /** Starts what is missing, once the backoff allows it. An idle app stays at zero; the next request starts it. */
  #restart(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const waitMs = this.backoff.waitMs(performance.now());
    // A timer may fire a little early, so the time is looked at again when it does.
    if (waitMs > 0) return void (this.#retryTimer = setTimeout(() => this.#restart(), Math.ceil(waitMs)));
    const waiting = this.#parts.intake.waiting > 0 ? 1 : 0;
    const min = this.#revision?.definition.replicas.min ?? 0;
    this.scaleTo(Math.max(waiting, min, this.#desired(this.ready.length)));
  }

  #stopTicking(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  #tick(): void {
    const { replicas, intake, onCount } = this.#parts;
    const { ready } = this;
    const sample = this.#meter.sample(ready, intake.waiting);
    this.#autoscaler?.record(sample);
    if (this.#revision !== undefined) onCount(this.#revision.number, sample);
    this.#endUnhealthy(ready);
    if (replicas.size === 0 && intake.waiting === 0 && this.#retryTimer === undefined) return this.#stopTicking();
    this.scaleTo(this.#desired(ready.length));
    if (!this.#held) this.#meanwhile(intake.balance(ready));
  }

  /** The last replica is not given up before a whole window without a request has passed. */
  #desired(ready: number): number {
    const now = performance.now();
    const desired = this.#autoscaler?.desired(now, ready) ?? 0;
    return now < (this.idleUntil ?? 0) ? Math.max(desired, Math.min(ready, 1)) : desired;
  }

  #endUnhealthy(ready: readonly Replica[]): void {
    const { silenceMs } = this.#parts.context.timing;
    for (const replica of ready) {
      if (performance.now() - replica.process.lastSign > silenceMs) {
        const message = `${replica.name} gave no sign of life for ${silenceMs / 1_000} seconds.`;
        replica.kill(new AppEnvError("UNRESPONSIVE", message));
      }
    }
  }

  #meanwhile(work: Promise<unknown>): void {
    inBackground(`The scaling of '${this.#parts.id.name}' failed`, work);
  }

  #poolKey({ number }: Revision): string {
    return poolKey(this.#parts.id, number);
  }
}

function windowOf({ definition }: Revision): number {
  return definition.scaledownAfterMs ?? defaultWindowMs;
}

function autoscalerFor(revision: Revision): Autoscaler {
  const { replicas, metric } = revision.definition;
  return new Autoscaler({
    ...replicas,
    windowMs: windowOf(revision),
    ...(metric === undefined ? {} : { metric }),
  });
}
