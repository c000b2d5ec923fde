import type { ActionPhase } from "@appenv/protocol";
import { timeBucketEnds, type TaskTotals, type TimeTotals } from "../contracts/totals.ts";
import type { ActionState, RunState } from "./state.ts";

class Times implements TimeTotals {
  readonly counts: number[] = Array.from({ length: timeBucketEnds.length + 1 }, () => 0);
  sum = 0;

  add(ms: number): void {
    const seconds = Math.max(ms, 0) / 1_000;
    const bucket = timeBucketEnds.findIndex((end) => seconds <= end);
    const index = bucket < 0 ? timeBucketEnds.length : bucket;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += seconds;
  }
}

class Totals implements TaskTotals {
  readonly project: string;
  readonly domain: string;
  readonly task: string;
  readonly ended: Map<ActionPhase, number> = new Map();
  readonly waited: Times = new Times();
  readonly ran: Times = new Times();
  readonly live: Map<ActionPhase, number> = new Map();
  attempts = 0;

  constructor({ project, domain }: RunState, task: string) {
    this.project = project;
    this.domain = domain;
    this.task = task;
  }
}

/** Counts the actions of each task since the engine began. */
export class ActionTotals {
  readonly #tasks: Map<string, Totals> = new Map();

  /** Counts an action that has just ended. */
  count(action: ActionState): void {
    const totals = this.#of(action);
    if (totals === undefined) return;
    const { phase, attempts, createdAt, startedAt, endedAt = createdAt } = action.row;
    increase(totals.ended, phase);
    totals.attempts += attempts;
    if (startedAt === undefined) return;
    totals.waited.add(startedAt - createdAt);
    totals.ran.add(endedAt - startedAt);
  }

  /** The numbers as they are now. @param runs - The live ones. */
  read(runs: Iterable<RunState>): readonly TaskTotals[] {
    for (const { live } of this.#tasks.values()) live.clear();
    for (const { live } of runs) {
      for (const action of live.values()) {
        const totals = action.row.endedAt === undefined ? this.#of(action) : undefined;
        if (totals !== undefined) increase(totals.live, action.row.phase);
      }
    }
    return [...this.#tasks.values()];
  }

  /** Undefined for what is no task's. */
  #of({ run, task }: ActionState): Totals | undefined {
    if (task === undefined) return undefined;
    const { name } = task.record.id;
    const key = `${run.project}/${run.domain}/${name}`;
    const totals = this.#tasks.get(key) ?? new Totals(run, name);
    this.#tasks.set(key, totals);
    return totals;
  }
}

function increase(counts: Map<ActionPhase, number>, phase: ActionPhase): void {
  counts.set(phase, (counts.get(phase) ?? 0) + 1);
}
