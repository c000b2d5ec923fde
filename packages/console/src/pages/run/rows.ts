import type { ActionTree, LiveAction } from "../../live/action-tree.ts";

/** A row of the tree. */
export interface TreeRow {
  readonly action: LiveAction;
  readonly depth: number;
  readonly children: number;
  readonly isOpen: boolean;
}

/** The actions that are shown, and their order. */
export interface RowFilter {
  /** Names of actions whose children are not shown. */
  readonly closed: ReadonlySet<string>;
  readonly text: string;
  readonly errorsOnly: boolean;
  /** Puts actions that failed, and those with a failure below, before their siblings. */
  readonly failuresFirst: boolean;
}

/** The rows of a tree of actions, in the order in which they were asked for; with a filter, matches and what is above them. */
export function treeRows(tree: ActionTree, filter: RowFilter): readonly TreeRow[] {
  const wanted = filter.text !== "" || filter.errorsOnly ? withParents(tree, matches(tree, filter)) : undefined;
  const first = filter.failuresFirst && tree.failed.size > 0 ? withParents(tree, tree.failed) : undefined;
  const rows: TreeRow[] = [];
  // Not by recursion: a chain of actions may be thousands deep.
  const left: { readonly name: string; readonly depth: number }[] = [];
  const push = (names: readonly string[], depth: number): void => {
    const ordered = first === undefined ? names : inOrder(names, first);
    for (let index = ordered.length - 1; index >= 0; index -= 1) left.push({ name: ordered[index] ?? "", depth });
  };
  push(tree.childrenOf(""), 0);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { name, depth } = next;
    const action = tree.get(name);
    if (action === undefined || (wanted !== undefined && !wanted.has(name))) continue;
    const below = tree.childrenOf(name);
    const isOpen = !filter.closed.has(name);
    rows.push({ action, depth, children: below.length, isOpen });
    if (isOpen) push(below, depth + 1);
  }
  return rows;
}

function inOrder(names: readonly string[], first: ReadonlySet<string>): readonly string[] {
  const before = names.filter((name) => first.has(name));
  return before.length === 0 || before.length === names.length
    ? names
    : [...before, ...names.filter((name) => !first.has(name))];
}

function* matches(tree: ActionTree, { text, errorsOnly }: RowFilter): Generator<string> {
  const part = text.toLowerCase();
  for (const action of errorsOnly ? failedOf(tree) : tree.values()) {
    if (`${action.name} ${labelOf(action, tree)}`.toLowerCase().includes(part)) yield action.name;
  }
}

function* failedOf(tree: ActionTree): Generator<LiveAction> {
  for (const name of tree.failed) {
    const action = tree.get(name);
    if (action !== undefined) yield action;
  }
}

function withParents(tree: ActionTree, names: Iterable<string>): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const name of names) {
    for (let each = tree.get(name); each !== undefined && !wanted.has(each.name); each = tree.get(each.parent)) {
      wanted.add(each.name);
    }
  }
  return wanted;
}

/** The name of an action for people: its group, what it is, and its number if there are several of that. */
export function labelOf(action: LiveAction, tree: Pick<ActionTree, "isOneOfSeveral">): string {
  const { shortName, group, nth } = action;
  const label = tree.isOneOfSeveral(action) ? `${shortName}#${nth}` : shortName;
  return group === "" || group === shortName ? label : `${group}: ${label}`;
}

/** The action to show first: the first error with no error below it, else a question, else the first action. */
export function mostTelling(tree: ActionTree): string {
  const above = new Set([...failedOf(tree)].map(({ parent }) => parent));
  let first: LiveAction | undefined;
  for (const action of failedOf(tree)) {
    if (!above.has(action.name) && ended(action) < ended(first)) first = action;
  }
  return first?.name ?? question(tree)?.name ?? "a0";
}

function question(tree: ActionTree): LiveAction | undefined {
  for (const action of tree.values()) if (action.kind === "condition" && action.endedAt === undefined) return action;
  return undefined;
}

function ended(action: LiveAction | undefined): number {
  return action?.endedAt ?? Number.POSITIVE_INFINITY;
}
