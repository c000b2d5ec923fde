import { AppEnvError } from "@appenv/core";
import { inBackground, Listeners } from "@appenv/core/internal";
import type { BackfillRecord, Backfills, NewBackfill } from "../contracts/backfills.ts";
import type { TriggerId, TriggerRecord } from "../contracts/triggers.ts";
import { BackfillProgress, type StartFiring } from "./backfill-progress.ts";
import type { BackfillTable, StoredBackfill } from "./backfill-table.ts";
import { firingsBetween } from "./firings-between.ts";

/** Needs of backfills. */
export interface BackfillsOptions {
  readonly table: BackfillTable;
  readonly find: (id: TriggerId) => TriggerRecord | undefined;
  readonly start: StartFiring;
  /** Called with a sentence about a firing that started no run. */
  readonly onProblem: (message: string) => void;
  /** Milliseconds since 1970. Default: the machine's. */
  readonly now?: () => number;
}

/** Maximum number of firings of a backfill. */
const mostFirings = 10_000;
/** Maximum number of its runs at once. */
const mostConcurrency = 1_000;

/** Starts the runs of spans of time, and goes on with those that an earlier platform left. */
export class BackfillRunner implements Backfills {
  readonly #options: BackfillsOptions;
  readonly #records = new Map<number, StoredBackfill>();
  readonly #running = new Map<number, BackfillProgress>();
  readonly #listeners: Listeners<BackfillRecord> = new Listeners("backfills");

  /** @throws AppEnvError STATE_CORRUPTED. */
  constructor(options: BackfillsOptions) {
    this.#options = options;
    for (const record of options.table.load()) {
      this.#records.set(record.id, record);
      if (record.phase === "RUNNING") this.#run(record);
    }
  }

  start(asked: NewBackfill): BackfillRecord {
    const definition = this.#options.find(asked.trigger);
    if (definition === undefined) throw noTrigger(asked.trigger);
    const same = [...this.#records.values()].find((each) => each.phase === "RUNNING" && isSame(each, asked));
    if (same !== undefined) return same;
    const total = countFirings(definition, asked);
    const createdAt = new Date(this.#options.now?.() ?? Date.now());
    const counts = { total, succeeded: 0, failed: 0, phase: "RUNNING", createdAt } as const;
    const made = { ...asked, definition, settledUntil: asked.from, ...counts };
    const record = { ...made, id: this.#options.table.insert(made) };
    for (const old of this.#options.table.forgetOld()) this.#records.delete(old);
    this.#records.set(record.id, record);
    this.#run(record);
    return record;
  }

  count(asked: NewBackfill): number {
    const definition = this.#options.find(asked.trigger);
    if (definition === undefined) throw noTrigger(asked.trigger);
    return countFirings(definition, asked);
  }

  get(id: number): BackfillRecord | undefined {
    return this.#records.get(id);
  }

  list({ project, domain }: { readonly project: string; readonly domain: string }): readonly BackfillRecord[] {
    return [...this.#records.values()]
      .filter(
        ({ trigger }) =>
          (project === "" || trigger.project === project) && (domain === "" || trigger.domain === domain),
      )
      .toSorted((one, other) => other.id - one.id);
  }

  abort(id: number): BackfillRecord {
    const record = this.#records.get(id);
    if (record === undefined) throw new AppEnvError("NOT_FOUND", `There is no backfill ${id}.`);
    this.#running.get(id)?.stop();
    if (record.phase === "RUNNING") this.#save({ ...record, phase: "ABORTED" });
    return this.#records.get(id) ?? record;
  }

  subscribe(listener: (record: BackfillRecord) => void): () => void {
    return this.#listeners.add((record) => listener(record));
  }

  close(): void {
    for (const progress of this.#running.values()) progress.stop();
    this.#listeners.clear();
  }

  #run(record: StoredBackfill): void {
    const { start, onProblem } = this.#options;
    const progress = new BackfillProgress(record, { start, onProblem, save: (changed) => this.#save(changed) });
    this.#running.set(record.id, progress);
    inBackground(
      `The backfill ${record.id} cannot go on`,
      progress.run().finally(() => this.#running.delete(record.id)),
    );
  }

  #save(record: StoredBackfill): void {
    this.#options.table.update(record);
    this.#records.set(record.id, record);
    this.#listeners.tell(record);
  }
}

function isSame(one: NewBackfill, other: NewBackfill): boolean {
  return (
    JSON.stringify([keyOf(one.trigger), one.from, one.to]) ===
    JSON.stringify([keyOf(other.trigger), other.from, other.to])
  );
}

function keyOf({ project, domain, taskName, name }: TriggerId): readonly string[] {
  return [project, domain, taskName, name];
}

/** @throws AppEnvError INVALID_OPTION. */
function countFirings(definition: TriggerRecord, { from, to, concurrency }: NewBackfill): number {
  if (!(from < to)) throw invalid(`A backfill goes from a time to a later one, not from ${text(from)} to ${text(to)}.`);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > mostConcurrency) {
    throw invalid(`A backfill has 1 to ${mostConcurrency} runs at once, not ${concurrency}.`);
  }
  let total = 0;
  for (const _ of firingsBetween(definition, from, to)) {
    total += 1;
    if (total > mostFirings)
      throw invalid(`More than ${mostFirings} firings lie between ${text(from)} and ${text(to)}.`);
  }
  if (total === 0) throw invalid(`The trigger would not have fired between ${text(from)} and ${text(to)}.`);
  return total;
}

function text(date: Date): string {
  return Number.isNaN(date.getTime()) ? "no date" : date.toISOString();
}

function invalid(message: string): AppEnvError {
  return new AppEnvError("INVALID_OPTION", message, { fix: "Choose another span of time." });
}

function noTrigger({ project, domain, taskName, name }: TriggerId): AppEnvError {
  return new AppEnvError("NOT_FOUND", `There is no trigger '${name}' of ${taskName} in ${project}/${domain}.`);
}
