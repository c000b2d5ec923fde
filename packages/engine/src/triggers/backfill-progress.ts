import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import type { ActionPhase } from "@appenv/protocol";
import type { TriggerRecord } from "../contracts/triggers.ts";
import type { StoredBackfill } from "./backfill-table.ts";
import { firingsBetween } from "./firings-between.ts";

/**
 * Starts the run of a firing, or finds the one that is there. Calls back when it has ended, at once if it has; the returned
 * function takes that back.
 */
export type StartFiring = (
  trigger: TriggerRecord,
  at: Date,
  backfill: number,
  ended: (phase: ActionPhase) => void,
) => Promise<() => void>;

interface Needs {
  readonly start: StartFiring;
  readonly onProblem: (message: string) => void;
  /** @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  readonly save: (record: StoredBackfill) => void;
}

/** Pause after the disk refused, in milliseconds. */
const retryMs = 5_000;

/**
 * One backfill while it is under way. What is stored is how far it has come: the firings before a time have ended. Those
 * after it are asked for again after a crash, and are the runs that are there already.
 */
export class BackfillProgress {
  readonly #needs: Needs;
  readonly #stop = new AbortController();
  /** Firings that were started and are not settled, in order; with the outcome of those that have ended. */
  readonly #open = new Map<number, "open" | "succeeded" | "failed">();
  readonly #followed = new Set<() => void>();
  #record: StoredBackfill;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(record: StoredBackfill, needs: Needs) {
    this.#record = record;
    this.#needs = needs;
  }

  /** Starts no more runs. */
  stop(): void {
    this.#stop.abort();
    for (const forget of this.#followed) forget();
    this.#wake();
  }

  /** Runs until all firings have ended, or it is stopped. */
  async run(): Promise<void> {
    const { definition, settledUntil, to, concurrency } = this.#record;
    for (const at of firingsBetween(definition, settledUntil, to)) {
      while (this.#running >= concurrency && !this.#isStopped) await this.#changed.promise;
      if (this.#isStopped) return;
      await this.#startOne(at);
    }
    while (this.#open.size > 0 && !this.#isStopped) await this.#changed.promise;
    if (this.#isStopped) return;
    await this.#save({ ...this.#record, phase: this.#record.failed === 0 ? "SUCCEEDED" : "FAILED" });
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  get #running(): number {
    return [...this.#open.values()].filter((state) => state === "open").length;
  }

  async #startOne(at: Date): Promise<void> {
    const time = at.getTime();
    this.#open.set(time, "open");
    const { definition, id } = this.#record;
    for (;;) {
      try {
        const forget = await this.#needs.start(definition, at, id, (phase) => this.#ended(time, phase));
        if (this.#open.get(time) === "open") this.#followed.add(forget);
        return;
      } catch (error) {
        // A run of another version of the trigger is there under this time.
        if (AppEnvError.is(error, "IDEMPOTENCY_CONFLICT")) return this.#ended(time, "SUCCEEDED");
        if (!isPassing(error)) {
          this.#needs.onProblem(`The firing of ${at.toISOString()} in the backfill ${id}: ${String(error)}`);
          return this.#ended(time, "FAILED");
        }
        await sleep(retryMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
        if (this.#isStopped) return;
      }
    }
  }

  #ended(time: number, phase: ActionPhase): void {
    if (this.#isStopped) return;
    this.#open.set(time, phase === "SUCCEEDED" || phase === "RECOVERED" ? "succeeded" : "failed");
    const settled = [...this.#open].findIndex(([, state]) => state === "open");
    const over = [...this.#open].slice(0, settled === -1 ? undefined : settled);
    let record = this.#record;
    for (const [at, state] of over) {
      this.#open.delete(at);
      record = { ...record, settledUntil: new Date(at + 1), [state]: record[state as "succeeded" | "failed"] + 1 };
    }
    this.#record = record;
    // Progress that cannot be stored now is stored with the next one; until then it is asked for again after a crash.
    if (over.length > 0) void this.#save(record, false);
    this.#wake();
  }

  async #save(record: StoredBackfill, again = true): Promise<void> {
    for (;;) {
      try {
        this.#needs.save(record);
        this.#record = record;
        return;
      } catch (error) {
        if (!again || !isPassing(error)) return;
        await sleep(retryMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
        if (this.#isStopped) return;
      }
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function isPassing(error: unknown): boolean {
  return AppEnvError.is(error, "DISK_FULL") || AppEnvError.is(error, "STATE_UNWRITABLE");
}
