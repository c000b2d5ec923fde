import type { ActionTree } from "../../../live/action-tree.ts";
import { hasFailed } from "../phases.ts";
import type { Axis } from "./axis.ts";
import { spanOf } from "./span.ts";

/** A run in small: for each column, the number of actions that run, and whether one failed there. */
export interface Density {
  readonly running: readonly number[];
  readonly failed: ReadonlySet<number>;
}

/** Counts the actions that call no others, by columns of the whole time. */
export function densityOf(tree: ActionTree, axis: Axis, now: number, columns: number): Density {
  const changes = Array.from({ length: columns + 1 }, () => 0);
  const failed = new Set<number>();
  const column = (ms: number): number => Math.min(Math.max(Math.floor(axis.at(ms) * columns), 0), columns - 1);
  for (const action of tree.values()) {
    const { from, to } = spanOf(action, now);
    const last = column(to);
    if (hasFailed(action.phase)) failed.add(last);
    if (tree.childrenOf(action.name).length > 0) continue;
    const first = column(from);
    changes[first] = (changes[first] ?? 0) + 1;
    changes[last + 1] = (changes[last + 1] ?? 0) - 1;
  }
  let count = 0;
  return { running: changes.slice(0, columns).map((change) => (count += change)), failed };
}

/** The area of the counts, as the path of a drawing that is `columns` wide and 1 high. */
export function areaOf(running: readonly number[]): string {
  const most = running.reduce((one, other) => Math.max(one, other), 1);
  // Small numbers stay visible beside large ones.
  const heights = running.map((count) => 1 - Math.sqrt(count / most));
  return `M0 1${heights.map((height, index) => `L${index} ${height.toFixed(3)}H${index + 1}`).join("")}V1Z`;
}
