import { AppEnvError } from "@appenv/core";
import type { AppDefinition, AppId } from "@appenv/protocol";
import type { AppPhase } from "../contract.ts";
import { Autoscaler } from "./autoscaler.ts";
import type { Count } from "../rollout/rollback-watch.ts";
import { CrashBackoff } from "../../replicas/crash-backoff.ts";
import { describeFailure } from "../describe-failure.ts";
import { warmingOf } from "../../replicas/replica-start.ts";
import { LoadMeter } from "./load-meter.ts";
import { poolKey, type GroupContext, type ReplicaGroup, type Revision } from "../../replicas/replica-group.ts";
import type { Replica } from "../../replicas/replica.ts";
import type { AppTiming } from "../timing.ts";
import type { Intake } from "../intake/intake.ts";
import { inBackground } from "@appenv/core/internal";

/** What a scaler works with. */
export interface ScalerParts {
  readonly id: AppId;
  readonly group: ReplicaGroup;
  readonly intake: Intake;
  readonly context: GroupContext & { readonly timing: AppTiming };
  /** The port the app listens on. */
  readonly port: () => number;
  /** What is said while a revision serves. */
  readonly serving: (revision: Revision) => string;
  /** Told what a revision counted since the last time. */
  readonly onCount: (revision: number, count: Count) => void;
  /** Told how the app stands. */
  readonly setStatus: (phase: AppPhase, message: string) => void;
}

/** What an app without a replica says. */
export const idleMessage = "No replica runs; the next request starts one.";

const defaultWindowMs = 60_000;

/** Keeps as many replicas of the serving revision as its traffic needs, and replaces those that crash. */
export class ReplicaScaler {
  readonly #parts: ScalerParts;
  readonly #meter: LoadMeter = new LoadMeter();
  readonly #backoff: CrashBackoff = new CrashBackoff();
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
    return this.#parts.group.ready(this.#revision?.number);
  }

  /** Scales this revision from now on; undefined for none. */
  use(revision: Revision | undefined): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    if (this.#revision !== undefined) this.#parts.context.pool.cool(this.#poolKey(this.#revision));
    this.#revision = revision;
    this.#autoscaler = revision === undefined ? undefined : autoscalerFor(revision.definition);
    this.#backoff.reset();
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
    if (this.#backoff.waitMs(performance.now()) > 0) {
      return intake.refuseWaiting("The app crashed and is started again soon.");
    }
    this.scaleTo(Math.max(1, min));
  }

  /** Starts or drains replicas until there are `count`. */
  scaleTo(count: number): void {
    const revision = this.#revision;
    if (revision === undefined || this.#held || this.#backoff.waitMs(performance.now()) > 0) return;
    const { ready } = this;
    const coming = ready.length + this.#parts.group.starting(revision.number);
    for (let have = coming; have < count; have += 1) this.#meanwhile(this.#add(revision));
    if (count === 0 && ready.length > 0) this.#meanwhile(this.#toZero(revision, ready));
    else if (ready.length > count) this.#remove(ready, ready.length - count);
  }

  /** A replica that could answer ended by itself, after `lifeMs`. */
  crashed(replica: Replica, lifeMs: number): void {
    const { id, context } = this.#parts;
    const reason = replica.ended ?? `[CRASH_LOOP] ${replica.describeExit()}`;
    context.logs.write(id, replica.name, "platform", reason.split("\n"));
    if (replica.revision === this.#revision?.number) this.#failed(reason, lifeMs, false);
  }

  async #add(revision: Revision): Promise<void> {
    const { group, intake, context, port, serving, setStatus } = this.#parts;
    this.watch();
    try {
      const replica = await group.start(revision, port(), context.timing.startMs);
      if (this.#revision !== revision) return await group.drain([replica], "rollout", context.timing.drainMs);
      await intake.admit(replica);
      this.#meter.touch();
      intake.spread(this.ready, replica);
      setStatus("ACTIVE", serving(revision));
    } catch (error) {
      const failure = describeFailure(AppEnvError.from(error, "START_FAILED"));
      if (this.#revision === revision) this.#failed(failure, 0, true);
    } finally {
      context.pool.refill();
    }
  }

  #remove(ready: readonly Replica[], count: number): void {
    const { group, context } = this.#parts;
    const idlest = ready.toSorted((a, b) => (a.load?.inFlight ?? 0) - (b.load?.inFlight ?? 0)).slice(0, count);
    this.#meanwhile(group.drain(idlest, "scale-down", context.timing.drainMs));
  }

  async #toZero(revision: Revision, ready: readonly Replica[]): Promise<void> {
    const { group, intake, context, setStatus } = this.#parts;
    await intake.takeBack();
    // A request may have come while the platform took the socket back.
    if (this.#revision !== revision || intake.waiting > 0) return;
    await group.drain(ready, "scale-down", context.timing.drainMs);
    if (this.#revision !== revision || group.size > 0) return;
    this.#autoscaler?.reset();
    setStatus("ACTIVE", idleMessage);
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
  #failed(reason: string, lifeMs: number, atStart: boolean): void {
    const { intake, context, setStatus } = this.#parts;
    const now = performance.now();
    this.#backoff.crashed(now, lifeMs, context.timing.stableMs);
    const left = this.ready.length;
    if (left === 0) this.#meanwhile(intake.takeBack());
    if (left === 0 && (atStart || this.#backoff.looping)) setStatus("FAILED", reason);
    else setStatus("ACTIVE", `${reason} It is replaced.`);
    if (left === 0 && atStart) intake.refuseWaiting("The app could not be started.");
    this.#restart();
  }

  /** Starts what is missing, once the backoff allows it. An idle app stays at zero; the next request starts it. */
  #restart(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const waitMs = this.#backoff.waitMs(performance.now());
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
    const { group, intake, onCount } = this.#parts;
    const { ready } = this;
    const sample = this.#meter.sample(ready, intake.waiting);
    this.#autoscaler?.record(sample);
    if (this.#revision !== undefined) onCount(this.#revision.number, sample);
    this.#endUnhealthy(ready);
    if (group.size === 0 && intake.waiting === 0 && this.#retryTimer === undefined) return this.#stopTicking();
    this.scaleTo(this.#desired(ready.length));
    if (!this.#held) this.#meanwhile(intake.balance(ready));
  }

  /** The last replica is not given up before a whole window without a request has passed. */
  #desired(ready: number): number {
    const now = performance.now();
    const desired = this.#autoscaler?.desired(now, ready) ?? 0;
    const windowMs = this.#revision?.definition.scaledownAfterMs ?? defaultWindowMs;
    return now - this.#meter.activeAt < windowMs ? Math.max(desired, Math.min(ready, 1)) : desired;
  }

  #endUnhealthy(ready: readonly Replica[]): void {
    const { silenceMs } = this.#parts.context.timing;
    for (const replica of ready) {
      if (performance.now() - replica.process.lastSign > silenceMs) {
        replica.kill(`[UNRESPONSIVE] ${replica.name} gave no sign of life for ${silenceMs / 1_000} seconds.`);
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

function autoscalerFor({ replicas, metric, scaledownAfterMs }: AppDefinition): Autoscaler {
  return new Autoscaler({
    ...replicas,
    windowMs: scaledownAfterMs ?? defaultWindowMs,
    ...(metric === undefined ? {} : { metric }),
  });
}
