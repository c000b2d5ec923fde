import type { LiveAction } from "../../live/actions.ts";
import { msOf } from "../../parts/time.tsx";
import { hasFailed } from "./phases.ts";

/** A row of the tree. */
export interface TreeRow {
  readonly action: LiveAction;
  readonly depth: number;
  readonly children: number;
  readonly isOpen: boolean;
}

/** The actions that are shown. */
export interface RowFilter {
  /** Names of actions whose children are not shown. */
  readonly closed: ReadonlySet<string>;
  readonly text: string;
  readonly errorsOnly: boolean;
}

/** The rows of a tree of actions, in the order in which they began; with a filter, matches and what is above them. */
export function treeRows(all: ReadonlyMap<string, LiveAction>, filter: RowFilter): readonly TreeRow[] {
  const children = childrenOf(all);
  const wanted = isNarrow(filter) ? withParents(all, filter) : undefined;
  const rows: TreeRow[] = [];
  // Not by recursion: a chain of actions may be thousands deep.
  const left = (children.get("") ?? []).map((action) => ({ action, depth: 0 })).toReversed();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { action, depth } = next;
    if (wanted !== undefined && !wanted.has(action.name)) continue;
    const below = children.get(action.name) ?? [];
    const isOpen = !filter.closed.has(action.name);
    rows.push({ action, depth, children: below.length, isOpen });
    if (isOpen) for (const child of below.toReversed()) left.push({ action: child, depth: depth + 1 });
  }
  return rows;
}

function isNarrow({ text, errorsOnly }: RowFilter): boolean {
  return text !== "" || errorsOnly;
}

function childrenOf(all: ReadonlyMap<string, LiveAction>): ReadonlyMap<string, LiveAction[]> {
  const sorted = [...all.values()].toSorted((one, other) => start(one) - start(other));
  return Map.groupBy(sorted, ({ message }) => message.metadata?.parent ?? "");
}

function start({ message, queuedAt }: LiveAction): number {
  return queuedAt ?? msOf(message.status?.startTime) ?? 0;
}

function withParents(all: ReadonlyMap<string, LiveAction>, { text, errorsOnly }: RowFilter): ReadonlySet<string> {
  const wanted = new Set<string>();
  const part = text.toLowerCase();
  for (const action of all.values()) {
    if (errorsOnly && !hasFailed(action.message.status?.phase)) continue;
    if (!`${action.name} ${labelOf(action)}`.toLowerCase().includes(part)) continue;
    for (let each: LiveAction | undefined = action; each !== undefined && !wanted.has(each.name);) {
      wanted.add(each.name);
      each = all.get(each.message.metadata?.parent ?? "");
    }
  }
  return wanted;
}

/** The name of an action for people. */
export function labelOf({ name, message }: Pick<LiveAction, "name" | "message">): string {
  const { spec, funtionName = "", group = "" } = message.metadata ?? {};
  const own = spec?.case === "task" ? spec.value.shortName || funtionName : spec?.value?.name;
  const label = own || funtionName || name;
  return group === "" || group === label ? label : `${group}: ${label}`;
}

/** The action to show first: the first error with no error below it, else a question, else the first action. */
export function mostTelling(all: ReadonlyMap<string, LiveAction>): string {
  const failed = [...all.values()].filter(({ message }) => hasFailed(message.status?.phase));
  const above = new Set(failed.map(({ message }) => message.metadata?.parent ?? ""));
  const deepest = failed.filter(({ name }) => !above.has(name)).toSorted((one, other) => ended(one) - ended(other));
  const asking = [...all.values()].find(
    ({ message }) => message.metadata?.spec.case === "condition" && message.status?.endTime === undefined,
  );
  return (deepest[0] ?? asking)?.name ?? "a0";
}

function ended({ message }: LiveAction): number {
  return msOf(message.status?.endTime) ?? Number.POSITIVE_INFINITY;
}
