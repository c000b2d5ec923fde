import { AppEnvError } from "@appenv/core";
import { unexpected } from "@appenv/core/internal";
import type { EngineContext } from "../live/context.ts";
import type { DeletedRun } from "../store/deletion-table.ts";
import type { RunDeleter } from "./delete-run.ts";

/** Time between two looks, in milliseconds. */
const lookMs = 60_000;
/** Time from the platform's start to the first look, in milliseconds: what is asked of it comes first. */
const firstLookMs = 5_000;
/** Maximum runs of a step: others come in between. */
const runsAtOnce = 50;

/** Deletes runs that ended longer ago than they are kept, in small steps. */
export class Retention {
  readonly #context: EngineContext;
  readonly #deleter: RunDeleter;
  readonly #keepMs: number | undefined;
  #isArmed = false;

  /** @param keepMs - Time for which runs are kept whose task says nothing; undefined: for ever. */
  constructor(context: EngineContext, deleter: RunDeleter, keepMs: number | undefined) {
    this.#context = context;
    this.#deleter = deleter;
    this.#keepMs = keepMs;
    if ([...context.store.deletions.tasks()].some((task) => this.#keepMsOf(task) !== undefined)) {
      this.#arm(firstLookMs);
    }
    context.onRunEnd = (task) => this.#keepMsOf(task) !== undefined && this.#arm();
  }

  /** Looks a while from now. While no run is to be deleted at any time, no timer runs. */
  #arm(ms = lookMs): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#context.after(ms, () => void this.#look());
  }

  #keepMsOf(task: number): number | undefined {
    return this.#context.store.tasks.byId(task)?.record.definition?.settings.retentionMs ?? this.#keepMs;
  }

  async #look(): Promise<void> {
    this.#isArmed = false;
    try {
      for (const task of this.#context.store.deletions.tasks()) {
        const keepMs = this.#keepMsOf(task);
        if (keepMs === undefined) continue;
        await this.#deleteOf(task, keepMs);
        if (!this.#context.closed) this.#arm();
      }
    } catch (error) {
      if (this.#context.closed) return;
      unexpected("Old runs could not be deleted", error);
      this.#arm();
    }
  }

  async #deleteOf(task: number, keepMs: number): Promise<void> {
    const { store, clock } = this.#context;
    for (;;) {
      const due = store.deletions.endedBefore(task, clock.now() - keepMs, runsAtOnce);
      const begun = await Promise.all(due.map((run) => this.#begin(run)));
      const deleted = due.filter((_, index) => begun[index]);
      await Promise.all(deleted.map(({ id }) => this.#deleter.gone(id)));
      // Looks later at runs in use, which a live run recovers.
      if (deleted.length < runsAtOnce || this.#context.closed) return;
    }
  }

  async #begin({ id, name }: DeletedRun): Promise<boolean> {
    try {
      return await this.#deleter.begin(id, name);
    } catch (error) {
      if (AppEnvError.is(error, "RUN_IN_USE")) return false;
      throw error;
    }
  }
}
