import type { Payload } from "../objects/objects.ts";
import { optional } from "../store/read-action.ts";
import type { TaskStore } from "../store/task-store.ts";

type Columns = Readonly<Record<string, unknown>>;

/** The part of a recovered run that runs again although it succeeded. */
export interface RerunPlan {
  /** Actions that run again, by name. */
  readonly again: ReadonlySet<string>;
  /** Inputs in place of those that an action is called with. */
  readonly inputs: ReadonlyMap<string, Payload>;
  /** Actions with one of `again` below them: the first end, in the recovered run, of a child that leads there. */
  readonly ends: ReadonlyMap<string, End>;
}

interface End {
  /** Counts the ends of the run's actions; undefined in runs of older platforms. */
  readonly order: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The plan of a run that recovers another one; undefined if it keeps all that succeeded as it was. */
export function planOf(
  { actions, reruns }: Pick<TaskStore, "actions" | "reruns">,
  run: number,
  recovers: number | undefined,
): RerunPlan | undefined {
  const rows = recovers === undefined ? [] : reruns.ofRun(run);
  if (recovers === undefined || rows.length === 0) return undefined;
  const again = new Set(rows.filter((row) => row.again).map(({ action }) => action));
  const inputs = new Map(rows.flatMap((row) => (row.inputs === undefined ? [] : [[row.action, row.inputs] as const])));
  const ends = new Map<string, End>();
  for (const name of again) {
    for (let child = actions.byName(recovers, name); child !== undefined;) {
      const parent: Columns | undefined = child["parent"] === null ? undefined : actions.byId(Number(child["parent"]));
      if (parent !== undefined) keepFirst(ends, String(parent["name"]), child);
      child = parent;
    }
  }
  return { again, inputs, ends };
}

function keepFirst(ends: Map<string, End>, parent: string, child: Columns): void {
  const end = { order: optional(child["ended_order"]), at: Number(child["ended_at"]) };
  const known = ends.get(parent);
  if (known === undefined || end.at < known.at || (end.order ?? 0) < (known.order ?? 0)) ends.set(parent, end);
}

/**
 * True if an action was asked for when the one that ends then had ended, so that it may depend on it. One that was asked for
 * before cannot.
 */
export function follows(row: Columns, end: End | undefined): boolean {
  if (end === undefined) return true;
  const before = optional(row["ended_before"]);
  if (before !== undefined && end.order !== undefined) return before >= end.order;
  return (optional(row["started_at"]) ?? Number(row["created_at"])) >= end.at;
}
